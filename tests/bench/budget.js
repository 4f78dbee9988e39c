// budget.json: the budgets of what pages import and the committed figures, in bytes compressed with brotli.
// @ts-check
import { readFile, writeFile } from "node:fs/promises";

const file = new URL("./budget.json", import.meta.url);

/** @typedef {{ budget: Record<string, number>, committed: Record<string, number> }} Budget */

/** @returns {Promise<Budget>} */
export async function readBudget() {
  return JSON.parse(await readFile(file, "utf8"));
}

/** @param {Budget} budget */
export async function writeBudget(budget) {
  await writeFile(file, `${JSON.stringify(budget, null, 2)}\n`);
}
