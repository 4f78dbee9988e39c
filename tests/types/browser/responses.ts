// What may be read of an answer, and when.

import type { ApiError, CalculateResponse, OrderResponse, PromoCodeStatus } from "proxy-orders";
import { ApiErrorCode } from "proxy-orders";
import { is } from "./support.js";

declare const quote: CalculateResponse;
declare const receipt: OrderResponse;

// @ts-expect-error: the price before the success is known.
quote.price.toFixed(2);
// @ts-expect-error: the order's number before the success is known.
receipt.orderNumber.trim();
// @ts-expect-error: the balance, which may be absent from a failure.
receipt.balance.toFixed(2);
// @ts-expect-error: the error before the failure is known.
receipt.error.message.trim();

if (quote.success) {
  is<number>()(quote.price);
  is<number>()(quote.discount);
  is<number>()(quote.balance);
  is<string>()(quote.currency);
  is<PromoCodeStatus | null>()(quote.promoCodeStatus);
  is<null>()(quote.error);
  is<[ApiError, ...ApiError[]] | null>()(quote.warnings);
  // A list of warnings has a first one.
  if (quote.warnings) is<string>()(quote.warnings[0].message);
  // @ts-expect-error: there may be no warnings.
  quote.warnings.length;
  // @ts-expect-error: nothing was ordered.
  quote.orderNumber;
} else {
  is<false>()(quote.success);
  is<ApiError>()(quote.error);
  is<number | null>()(quote.balance);
  is<string | null>()(quote.currency);
  is<null>()(quote.price);
  is<null>()(quote.discount);
  is<null>()(quote.warnings);
  is<null>()(quote.promoCodeStatus);
  is<null>()(quote.proxyType);
}

if (receipt.success) {
  is<string>()(receipt.orderNumber);
  is<number>()(receipt.balance);
  is<string>()(receipt.currency);
  is<PromoCodeStatus | null>()(receipt.promoCodeStatus);
  is<null>()(receipt.error);
  // @ts-expect-error: an order's answer tells no price.
  receipt.price;
} else {
  is<number>()(receipt.error.code);
  is<string>()(receipt.error.message);
  is<number | null>()(receipt.balance);
  is<string | null>()(receipt.currency);
  is<null>()(receipt.orderNumber);
  is<null>()(receipt.promoCodeStatus);
  is<null>()(receipt.proxyType);
}

// Without `success`, the error tells the two apart as well.
if (receipt.error) is<false>()(receipt.success);

// Statuses that are not documented pass through; the documented ones are offered.
const statuses: PromoCodeStatus[] = ["VALID", "NO_VALID", "EXPIRED"];
is<PromoCodeStatus | undefined>()(statuses[0]);
// @ts-expect-error: a status is text.
statuses.push(1);

is<2>()(ApiErrorCode.ErrorApiKey);
is<4>()(ApiErrorCode.IncorrectProxyType);
is<8>()(ApiErrorCode.IncorrectMobileOperator);
is<13>()(ApiErrorCode.IncorrectProtocol);
is<14>()(ApiErrorCode.IncorrectGoal);
is<16>()(ApiErrorCode.InsufficientFunds);
is<24>()(ApiErrorCode.IncorrectIpAddresses);
// Codes that are not documented pass through.
export const known: boolean = receipt.error?.code === ApiErrorCode.InsufficientFunds || receipt.error?.code === 99;
// @ts-expect-error: the codes are constants.
ApiErrorCode.InsufficientFunds = 17;
