// Builds the package and serves the demo page with the sandbox API.

import { build } from "../.build/build.js";
import { Missing, need, step } from "../.build/tools.js";

try {
  await need("packages");
  step("building the package");
  await build();
  const { packedPackage } = await import("../tests/support/packed.js");
  const { startDemo } = await import("./server.js");
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit());
  const packageDir = await packedPackage();
  const demo = await startDemo({ port: Number(process.env.PORT ?? 8080), packageDir }).catch((error) => {
    if (error.code !== "EADDRINUSE" || process.env.PORT) throw error;
    return startDemo({ port: 0, packageDir });
  });
  console.log(
    `\nThe demo page is served at ${demo.url}\n(its sandbox API: ${demo.url.replace(/\/$/, "")}/api, key demo-key)`,
  );
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.error(`\n${error.message}`);
  process.exit(1);
}
