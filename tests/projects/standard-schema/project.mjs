// @ts-check
import { print } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  kinds: [
    { name: "TanStack Form", dependency: "@tanstack/form-core", place: print(process.execPath, "tanstack.js") },
    { name: "React Hook Form", dependency: "react-hook-form", place: print(process.execPath, "react-hook-form.js") },
  ],
};
