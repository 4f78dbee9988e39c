// The names by which values are handed to the WebAssembly, in its order. The build puts them here.

/** @type {{ request: string[], options: string[], reply: string[] }} */
const { request, options, reply } = NAMES;

export { options as OPTION_NAMES, reply as REPLY_NAMES, request as REQUEST_NAMES };
