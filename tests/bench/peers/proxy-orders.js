// What the other peers export, and what the measurements call besides.
export {
  calculate,
  forgetOrders,
  init,
  isProxyOrdersError,
  order,
  validateCalculate,
  validateOrder,
} from "../../../dist/index.js";
