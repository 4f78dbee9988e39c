// esbuild puts the bytes of a binary where it is imported.
declare module "*.wasm" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}

// The bundlers of edge runtimes compile a binary that is imported so.
declare module "*.wasm?module" {
  const module: object;
  export default module;
}
