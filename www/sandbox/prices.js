// The sandbox's price list. All amounts are whole cents, as BigInt: the largest order costs more than 2^53 of them.

/** @typedef {"IPv4" | "IPv6" | "MOBILE" | "ISP"} ProxyType */
/** @typedef {{ proxyType: ProxyType, quantity: number, rentPeriodDays: number, country: string }} Priced */

/** Cents for one proxy and each started period of so many days; `promo` is the promo code's discount in percent. */
const PRICES = {
  IPv4: { cents: 131n, days: 30n, promo: 10n },
  IPv6: { cents: 205n, days: 90n, promo: 10n },
  MOBILE: { cents: 205n, days: 30n, promo: 0n },
  ISP: { cents: 265n, days: 30n, promo: 0n },
};

/** Percent of the price in the USA; every other country costs 120. */
const COUNTRIES = new Map(
  Object.entries({ USA: 100n, CAN: 105n, POL: 90n, IND: 80n, BRA: 95n, FRA: 110n, DEU: 110n, GBR: 115n, JPN: 140n }),
);

/** The one promo code that is valid. */
export const PROMO_CODE = "PROMO10";

/**
 * @param {unknown} value
 * @returns {value is ProxyType}
 */
export const isProxyType = (value) => typeof value === "string" && Object.hasOwn(PRICES, value);

/**
 * Divides, rounding half up.
 * @param {bigint} amount
 * @param {bigint} by
 */
const divide = (amount, by) => (2n * amount + by) / (2n * by);

/**
 * Prices an order.
 * @param {Priced} order
 * @param {boolean} promo whether its promo code is valid
 * @returns {{ cents: bigint, discount: number }} the price after the discount, which is in percent
 */
export function price({ proxyType, quantity, rentPeriodDays, country }, promo) {
  const list = PRICES[proxyType];
  const periods = (BigInt(rentPeriodDays) + list.days - 1n) / list.days;
  const each = divide(list.cents * (COUNTRIES.get(country) ?? 120n), 100n);
  const discount = promo ? list.promo : 0n;
  return { cents: divide(each * periods * BigInt(quantity) * (100n - discount), 100n), discount: Number(discount) };
}
