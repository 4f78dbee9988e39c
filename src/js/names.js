// The names by which values are handed to the WebAssembly, in its order; the build asks it for them.

/** @type {readonly [string[], string[], string[]]} */
const [requests, options, replies] = NAMES;

export { options as OPTION_NAMES, replies as REPLY_NAMES, requests as REQUEST_NAMES };
