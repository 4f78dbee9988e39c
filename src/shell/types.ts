// The types that users import.

export type {
  ApiError,
  Auth,
  CalculateFailure,
  CalculateRequest,
  CalculateResponse,
  CalculateSuccess,
  CommonFields,
  ErrorCode,
  IpAuth,
  Ipv4Request,
  Ipv6Order,
  Ipv6Request,
  Issue,
  IssueCode,
  IspRequest,
  LoginAuth,
  MobileRequest,
  OrderedProxy,
  OrderFailure,
  OrderRequest,
  OrderResponse,
  OrderSuccess,
  Outcome,
  PromoCodeStatus,
  Protocol,
  ProxyType,
} from "../../target/bindgen/core.js";
export type {
  Checkout,
  CheckoutOptions,
  CheckoutState,
  CheckoutStorage,
  PurchaseOptions,
  PurchaseResult,
} from "./checkout.js";
export type {
  AbortedError,
  DuplicateOrderError,
  HttpError,
  InvalidError,
  InvalidResponseError,
  NetworkError,
  NotLoadedError,
  ProxyOrdersError,
  RefusedError,
  TimeoutError,
  UnresolvedOrderError,
} from "./error.js";
export type { InitSource } from "./load.js";
export type { CallOptions, FetchedResponse, OrderOptions } from "./options.js";
