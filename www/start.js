// Builds the package, and serves the demo page with its backend and the sandbox.

import { build } from "../.build/build.js";
import { Missing, need, root, step } from "../.build/tools.js";

try {
  await need("packages");
  step("building the package");
  await build();
  const { startDemo } = await import("./server.js");
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit());
  const { PORT } = process.env;
  // A second `npm start` takes any free port.
  const { url, operatorUrl } = await startDemo({ ports: PORT ? [Number(PORT)] : [8080, 0], packageDir: root });
  console.log(`
The demo page:   ${url}
Its backend:     ${url}api (the sandbox behind it books the orders)
Open orders:     ${operatorUrl}
Documentation:   ${url}docs/`);
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.error(`\n${error.message}`);
  process.exit(1);
}
