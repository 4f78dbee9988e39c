/** The names that the build takes out of the crate. */
declare const NAMES: { request: string[]; options: string[]; reply: string[] };

declare module "*.wasm" {
  const binary: Uint8Array<ArrayBuffer>;
  export default binary;
}
