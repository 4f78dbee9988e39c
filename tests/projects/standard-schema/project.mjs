// @ts-check
import { print } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  kinds: [
    {
      name: "TanStack Form",
      dependency: "@tanstack/form-core",
      settings: [
        { file: "tanstack.js", lines: ["await init();", "validators: { onChange: orderSchema }"] },
        "or, without `init`:",
        { file: "tanstack.js", lines: ["validators: { onSubmitAsync: orderSchema }"] },
      ],
      place: print(process.execPath, "tanstack.js"),
    },
    {
      name: "React Hook Form",
      dependency: "react-hook-form",
      settings: [{ file: "react-hook-form.js", lines: ["resolver: standardSchemaResolver(orderSchema)"] }],
      place: print(process.execPath, "react-hook-form.js"),
    },
  ],
};
