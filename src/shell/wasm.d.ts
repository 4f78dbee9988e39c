// The bundlers of edge runtimes compile a binary that is imported this way.
declare module "*.wasm?module" {
  const module: object;
  export default module;
}
