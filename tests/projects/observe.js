// @ts-check
// Runs before the code of a page or a program, and reports each binary that is compiled there.
{
  const { compile } = WebAssembly;
  WebAssembly.compile = async (bytes) => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    console.error("Compiled", Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""));
    return compile(bytes);
  };
}
