// What the measurements in the page share: the options of a call, the responses of the API, and a stub of `fetch`.
// @ts-check

/** The page's own origin, where proxy-orders also sends an `Idempotency-Key`. */
export const ownOrigin = { baseUrl: "/api", apiKey: "self" };
/** To another origin, every client sends the same. */
export const otherOrigin = { baseUrl: "https://api.example.com", apiKey: "self" };

export const orderNumber = "NUMBER-112233";
/** The body of a response to an order that was placed. */
export const receipt = `{"success":true,"proxyType":"IPv4","orderNumber":"${orderNumber}","balance":4.57,"currency":"USD","error":null,"promoCodeStatus":null}`;
/** The body of a response to a calculation. */
export const quote =
  '{"success":true,"proxyType":"IPv4","balance":7.18,"price":1.31,"currency":"USD","discount":0,"promoCodeStatus":null,"error":null,"warnings":null}';
/** The body of a response to an order that the API refused. */
export const failure =
  '{"success":false,"proxyType":null,"orderNumber":null,"balance":7.18,"currency":"USD","error":{"code":14,"message":"Incorrect goal"},"promoCodeStatus":null}';

export const realFetch = globalThis.fetch;

/** Replaces `fetch`. @param {(request: any, init?: RequestInit) => any} stub */
export function stubFetch(stub) {
  globalThis.fetch = async (request, init) => stub(request, init);
}

/** @param {string} body */
export function respond(body, status = 200) {
  return new Response(body, { status, headers: { "content-type": "application/json" } });
}

/** Imports the bundle of a peer and makes it ready. @param {string} url */
export async function load(url) {
  const peer = await import(url);
  await peer.init?.();
  return peer;
}
