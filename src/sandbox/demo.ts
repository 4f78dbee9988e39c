// What the server of the demo page shares with the sandbox. It is not published.

export { applyFault, Faults } from "./faults.js";
export { serveHttp } from "./http.js";
export { isLoopback } from "./listen.js";
