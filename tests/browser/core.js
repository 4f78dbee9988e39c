// @ts-check
// Changes the WebAssembly that a package runs on.
import { equal } from "./support.js";

/** @typedef {import("./support.js").Test} Test */
/** @typedef {ReturnType<typeof injector>} Injector */

/** The types of results in the binary format. */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F64 = 0x7c;

/**
 * The type of each exported function: its parameters and results.
 * @param {Uint8Array} bytes of a binary
 */
export function typesOf(bytes) {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at];
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const name = () => {
    const length = number();
    at += length;
    return new TextDecoder().decode(bytes.subarray(at - length, at));
  };
  /** @template T @param {() => T} item */
  const list = (item) => [...Array(number())].map(item);
  /** @type {{ parameters: number[], results: number[] }[]} */
  let types = [];
  /** The type of each function, the imported ones first. @type {number[]} */
  const functions = [];
  /** @type {Record<string, { parameters: number[], results: number[] }>} */
  const exported = {};
  while (at < bytes.length) {
    const section = number();
    const size = number();
    const end = at + size;
    if (section === 1) {
      types = list(() => {
        number();
        return { parameters: list(number), results: list(number) };
      });
    } else if (section === 2) {
      list(() => {
        name();
        name();
        equal(number(), 0, "kind of an import: a function");
        functions.push(number());
      });
    } else if (section === 3) functions.push(...list(number));
    else if (section === 7) {
      list(() => {
        const exportName = name();
        const kind = number();
        const index = number();
        if (kind === 0) exported[exportName] = types[functions[index]];
      });
    }
    at = end;
  }
  return exported;
}

/** The export that starts the binary. It keeps its name, by which the JavaScript recognizes its own build. */
export const isStart = (/** @type {string} */ name) => name.startsWith("start_");

/**
 * Runs something while packages use a changed WebAssembly. Instances that replace another one after a trap are changed
 * too.
 * @template T
 * @param {{ exports?: (exports: any, bytes: Uint8Array) => any, imports?: (imports: any) => any,
 *   bytes?: (bytes: Uint8Array) => Uint8Array }} change
 * @param {() => Promise<T>} run @returns {Promise<T>}
 */
export async function withChangedCore(change, run) {
  const { compile, instantiate, Instance } = WebAssembly;
  /** @type {Uint8Array} */
  let bytes;
  const changeExports = (/** @type {WebAssembly.Instance} */ { exports }) => ({
    exports: change.exports ? change.exports(exports, bytes) : exports,
  });
  const changeImports = (/** @type {any} */ imports) => (change.imports ? change.imports(imports) : imports);
  Object.assign(WebAssembly, {
    compile: (/** @type {Uint8Array} */ source) => {
      bytes = change.bytes ? change.bytes(source) : source;
      return compile(/** @type {Uint8Array<ArrayBuffer>} */ (bytes));
    },
    instantiate: async (/** @type {WebAssembly.Module} */ module, /** @type {any} */ imports) =>
      changeExports(await instantiate(module, changeImports(imports))),
    Instance: function (/** @type {WebAssembly.Module} */ module, /** @type {any} */ imports) {
      return changeExports(new Instance(module, changeImports(imports)));
    },
  });
  try {
    return await run();
  } finally {
    Object.assign(WebAssembly, { compile, instantiate, Instance });
  }
}

/** The package on the WebAssembly as it is now. @param {Test} test */
export async function loadedPackage({ fresh }) {
  const pkg = await fresh();
  await pkg.init();
  return pkg;
}

/**
 * Wraps each function of an instance's exports or imports, except the one that starts it.
 * @param {Record<string, any>} functions
 * @param {(name: string, run: Function) => Function} wrap
 */
export const wrapped = (functions, wrap) =>
  Object.fromEntries(
    Object.entries(functions).map(([name, value]) => [
      name,
      typeof value === "function" && !isStart(name) ? wrap(name, value) : value,
    ]),
  );

/**
 * Injects a throw at a chosen point: before or after the n-th use of a place.
 */
export function injector() {
  /** How often each place was used. @type {Map<string, number>} */
  const uses = new Map();
  /** @type {{ place: string, use: number, after: boolean } | undefined} */
  let point;
  const failed = () => {
    point = undefined;
    return new Error("injected");
  };
  return {
    uses,
    /** Chooses where it throws next; counts from now on. @param {typeof point} [next] */
    aim(next) {
      uses.clear();
      point = next;
    },
    /** Whether it has thrown. */
    hasThrown: () => point === undefined,
    /** @template T @param {string} place @param {() => T} run @returns {T} */
    use(place, run) {
      const use = (uses.get(place) ?? 0) + 1;
      uses.set(place, use);
      const isPoint = point?.place === place && point.use === use;
      if (isPoint && !point?.after) throw failed();
      const result = run();
      if (!isPoint) return result;
      // Nobody waits for a promise that is not returned.
      if (result instanceof Promise) result.catch(() => {});
      throw failed();
    },
  };
}
