// esbuild puts the bytes of a binary where it is imported.
declare module "*.wasm" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
