// @ts-check
// Whatever an editor can be pointed at has its documentation: each export of the declarations, and each field.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { packedPackage } from "../../.build/pack.js";

/** @param {ts.Node} node */
function isDocumented(node) {
  return ts
    .getJSDocCommentsAndTags(node)
    .some((doc) => ts.isJSDoc(doc) && ts.getTextOfJSDocComment(doc.comment)?.trim());
}

/**
 * The names of what a file declares without a word about it.
 * @param {ts.SourceFile} file
 */
function undocumented(file) {
  /** @type {string[]} */
  const names = [];
  /** @param {ts.Node} node @param {string} path */
  const visit = (node, path) => {
    let inner = path;
    if (ts.isTypeElement(node) || ts.isStatement(node)) {
      const declared = ts.isVariableStatement(node) ? node.declarationList.declarations[0] : node;
      const { name } = /** @type {{ name?: ts.Node }} */ (/** @type {unknown} */ (declared));
      if (name) {
        inner = path ? `${path}.${name.getText(file)}` : name.getText(file);
        if (!isDocumented(node)) names.push(inner);
      }
    }
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  ts.forEachChild(file, (child) => visit(child, ""));
  return names;
}

for (const name of ["index.d.ts", "sandbox.d.ts", "backend.d.ts", "binary.d.ts"]) {
  test(`${name} documents everything`, async () => {
    const { folder } = await packedPackage();
    const text = await readFile(join(folder, "dist", name), "utf8");
    const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    assert.ok(file.statements.length > 1);
    assert.deepEqual(undocumented(file), []);
  });
}
