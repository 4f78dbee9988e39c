// The price list of the sandbox. Amounts are whole cents as BigInt: the largest order costs more than 2^53 cents.

export type ProxyType = keyof typeof PRICES;

/** The fields of a request that its price depends on, besides the promo code. */
export interface PricedFields {
  proxyType: ProxyType;
  quantity: number;
  rentPeriodDays: number;
  country: string;
}

/**
 * `cents` is the price of one proxy in the USA for each started period of `periodDays` days. `promoDiscount` is the
 * discount that the valid promo code gives, in percent.
 */
const PRICES = {
  IPv4: { cents: 131n, periodDays: 30n, promoDiscount: 10n },
  IPv6: { cents: 205n, periodDays: 90n, promoDiscount: 10n },
  MOBILE: { cents: 205n, periodDays: 30n, promoDiscount: 0n },
  ISP: { cents: 265n, periodDays: 30n, promoDiscount: 0n },
};

/** The price level of a country, in percent of the price in the USA. */
const COUNTRY_PERCENT = new Map<string, bigint>([
  ["USA", 100n],
  ["CAN", 105n],
  ["POL", 90n],
  ["IND", 80n],
  ["BRA", 95n],
  ["FRA", 110n],
  ["DEU", 110n],
  ["GBR", 115n],
  ["JPN", 140n],
]);
const OTHER_COUNTRIES_PERCENT = 120n;

/** The only valid promo code. */
export const PROMO_CODE = "PROMO10";

export const isProxyType = (value: unknown): value is ProxyType =>
  typeof value === "string" && Object.hasOwn(PRICES, value);

/** Divides, rounding half up. */
const divide = (dividend: bigint, divisor: bigint) => (2n * dividend + divisor) / (2n * divisor);

/** Prices an order. `cents` is the price after the discount, `discount` is in percent. */
export function price({ proxyType, quantity, rentPeriodDays, country }: PricedFields, isPromoCodeValid: boolean) {
  const { cents, periodDays, promoDiscount } = PRICES[proxyType];
  const periods = (BigInt(rentPeriodDays) + periodDays - 1n) / periodDays;
  const perProxy = divide(cents * (COUNTRY_PERCENT.get(country) ?? OTHER_COUNTRIES_PERCENT), 100n);
  const discount = isPromoCodeValid ? promoDiscount : 0n;
  return {
    cents: divide(perProxy * periods * BigInt(quantity) * (100n - discount), 100n),
    discount: Number(discount),
  };
}
