// Drives yaml-language-server over stdio. Usage: node language_server.mjs <server.js> <schema.json>
// Prints one line per probe; exits 1 if an expectation does not hold.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [serverPath, schemaPath] = process.argv.slice(2);
const verbose = process.argv.includes("--verbose");
const schemaUrl = pathToFileURL(resolve(schemaPath)).href;
const folder = mkdtempSync(join(tmpdir(), "yls-"));
const server = spawn(process.execPath, [serverPath, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });

let buffer = Buffer.alloc(0), nextId = 1;
const waiting = new Map(), diagnostics = new Map(), listeners = [];
function send(message) {
  const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
  server.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
  server.stdin.write(body);
}
const request = (method, params) => new Promise((ok, bad) => { const id = nextId++; waiting.set(id, { ok, bad }); send({ id, method, params }); });
const notify = (method, params) => send({ method, params });
const settings = { yaml: { schemas: { [schemaUrl]: ["*.leaver.yaml"] }, schemaStore: { enable: false }, validate: true, completion: true, hover: true, format: { enable: false } } };
server.stdout.on("data", (chunk) => {
  buffer = Buffer.concat([buffer, chunk]);
  for (;;) {
    const head = buffer.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, head).toString())[1]);
    if (buffer.length < head + 4 + length) return;
    const message = JSON.parse(buffer.subarray(head + 4, head + 4 + length).toString());
    buffer = buffer.subarray(head + 4 + length);
    if (message.method === "workspace/configuration") {
      send({ id: message.id, result: message.params.items.map((item) => (item.section === "yaml" ? settings.yaml : null)) });
    } else if (message.method === "textDocument/publishDiagnostics") {
      diagnostics.set(message.params.uri, message.params.diagnostics);
      listeners.splice(0).forEach((wake) => wake());
    } else if (message.id !== undefined && message.method) {
      send({ id: message.id, result: null });
    } else if (message.id !== undefined) {
      const { ok, bad } = waiting.get(message.id);
      waiting.delete(message.id);
      message.error ? bad(new Error(JSON.stringify(message.error))) : ok(message.result);
    }
  }
});

let documents = 0;
/** Opens a document. `|` in the text marks the cursor and is taken out. */
async function open(marked, { modeline = false } = {}) {
  const text0 = modeline ? `# yaml-language-server: $schema=${schemaUrl}\n${marked}` : marked;
  const at = text0.indexOf("|");
  const text = at < 0 ? text0 : text0.slice(0, at) + text0.slice(at + 1);
  const before = text.slice(0, Math.max(at, 0)).split("\n");
  const position = { line: before.length - 1, character: before.at(-1).length };
  const file = join(folder, `d${documents++}.${modeline ? "" : "leaver."}yaml`);
  writeFileSync(file, text);
  const uri = pathToFileURL(file).href;
  notify("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
  return { uri, position, text };
}
async function complete(marked, options) {
  const { uri, position } = await open(marked, options);
  const result = await request("textDocument/completion", { textDocument: { uri }, position });
  return (result?.items ?? result ?? []).map((item) => ({ label: item.label, insert: item.insertText, doc: typeof item.documentation === "string" ? item.documentation : item.documentation?.value }));
}
async function hover(marked, options) {
  const { uri, position } = await open(marked, options);
  const result = await request("textDocument/hover", { textDocument: { uri }, position });
  const contents = result?.contents;
  return (typeof contents === "string" ? contents : contents?.value) ?? "";
}
async function diagnose(text, options) {
  const { uri } = await open(text, options);
  const until = Date.now() + 10000;
  while (!diagnostics.has(uri)) {
    if (Date.now() > until) throw new Error("no diagnostics");
    await new Promise((wake) => listeners.push(wake));
  }
  return diagnostics.get(uri).map((d) => ({ at: `${d.range.start.line + 1}:${d.range.start.character + 1}-${d.range.end.line + 1}:${d.range.end.character + 1}`, message: d.message }));
}

let failed = 0;
function expect(name, ok, shown) {
  if (!ok) failed++;
  console.log(`${ok ? "ok  " : "FAIL"} ${name}`);
  if (shown !== undefined && (verbose || !ok)) console.log(`       ${typeof shown === "string" ? shown.replaceAll("\n", "\n       ") : JSON.stringify(shown)}`);
}
const has = (items, ...labels) => labels.every((label) => items.some((item) => item.label === label));
const only = (items, labels) => items.length === labels.length && has(items, ...labels);

await request("initialize", {
  processId: process.pid, rootUri: pathToFileURL(folder).href, workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "t" }],
  capabilities: { workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } }, textDocument: { completion: { completionItem: { snippetSupport: true, documentationFormat: ["markdown", "plaintext"] } }, hover: { contentFormat: ["markdown", "plaintext"] }, publishDiagnostics: {} } },
});
notify("initialized", {});
notify("workspace/didChangeConfiguration", { settings });

const head = "apiVersion: leaver/v1\nkind: App\nmetadata:\n  name: monday\n";
// The server must offer the keys and values of the schema.
const schema = JSON.parse(readFileSync(schemaPath, "utf8"));
const keysOf = (definition) => Object.keys(schema.$defs[definition].properties);
const KINDS = schema.properties.kind.enum, VIA = schema.$defs.via.enum, STAGES = keysOf("Lifecycle"), UPDATE = keysOf("Update");
let items;

await diagnose("apiVersion: leaver/v1\n"); // waits until the schema is loaded
items = await complete("|");
expect("empty file offers apiVersion, kind", has(items, "apiVersion", "kind"), items.map((i) => i.label));
items = await complete("apiVersion: leaver/v1\nkind: |");
expect("kind: offers every kind and nothing else", only(items, KINDS), items);
items = await complete("apiVersion: leaver/v1\nkind: App\n|");
expect("after kind: App, the root offers metadata and spec only", only(items, ["metadata", "spec"]), items);
for (const [kind, keys] of [["App", ["App metadata", "aliases", "description", "labels", "name", "owner", "title", "vendor"]], ["Team", ["Team metadata", "description", "labels", "name", "title"]]]) {
  items = await complete(`apiVersion: leaver/v1\nkind: ${kind}\nmetadata:\n  |`);
  expect(`${kind}: metadata offers exactly its keys, and a snippet of the required ones`, only(items, keys), items.map((i) => i.label));
}
for (const [kind, keys, not] of [["App", ["tier", "provisioning", "lifecycle", "external", "seats"], ["members", "rule"]], ["Team", ["contact", "members", "status", "successor", "notes"], ["tier"]], ["System", ["kind", "deletes", "syncMinutes"], ["members", "tier"]], ["Waiver", ["rule", "apps", "approver", "expires", "path"], ["tier"]]]) {
  items = await complete(`apiVersion: leaver/v1\nkind: ${kind}\nmetadata:\n  name: x\nspec:\n  |`);
  expect(`${kind}: spec offers its keys and no other kind's`, has(items, ...keys) && !not.some((n) => has(items, n)), items.map((i) => i.label));
}
items = await complete("apiVersion: leaver/v1\nkind: Pattern\nmetadata: {name: scim}\nspec:\n  lifecycle:\n    update:\n      |");
expect("a pattern completes as an app does", only(items, UPDATE), items.map((i) => i.label));
items = await complete(`${head}spec:\n  lifecycle:\n    |`);
expect("lifecycle offers exactly the stages", only(items, STAGES), items);
items = await complete(`${head}spec:\n  lifecycle:\n    update:\n      |`);
expect("lifecycle.update (block) offers exactly its keys", only(items, UPDATE), items);
items = await complete(`${head}spec:\n  lifecycle:\n    update:\n      via: scim\n      |`);
expect("lifecycle.update with via set offers the rest", only(items, UPDATE.filter((k) => k !== "via")), items.map((i) => i.label));
// In flow style the server offers keys only after a letter is typed; this does not depend on the schema.
items = await complete(`${head}spec:\n  lifecycle:\n    update: {via: scim, o|}`);
expect("lifecycle.update (flow) offers owner", has(items, "owner"), items.map((i) => i.label));
items = await complete(`${head}spec:\n  lifecycle:\n    update:\n      via: |`);
expect("via: offers exactly the enum", only(items, VIA), items);
expect("via: each value has its own description", items.every((i) => i.doc) && new Set(items.map((i) => i.doc)).size === VIA.length, items.map((i) => i.doc));
items = await complete(`${head}spec:\n  lifecycle:\n    update: {via: |}`);
expect("via: in flow style offers the enum", has(items, ...VIA), items.map((i) => i.label));
items = await complete(`${head}spec:\n  provisioning:\n    mode: |`);
expect("mode: offers every mode and nothing else", only(items, schema.$defs.Provisioning.properties.mode.enum), items.map((i) => i.label));
items = await complete(`${head}spec:\n  populations:\n    - |`);
expect("populations list offers its values", has(items, "employees", "guests"), items.map((i) => i.label));
items = await complete(`${head}spec:\n  nonHuman:\n    - name: x\n      |`);
expect("nonHuman item offers kind, owner, expires", has(items, "kind", "owner", "expires"), items.map((i) => i.label));
items = await complete(`${head}spec:\n  |`, { modeline: true });
expect("the modeline association works as well", has(items, "provisioning"), items.map((i) => i.label));
// In a second document the server offers keys only beside an existing key; this does not depend on the schema.
items = await complete("apiVersion: leaver/v1\nkind: Team\nmetadata: {name: a}\nspec: {status: active}\n---\napiVersion: leaver/v1\nkind: App\nmetadata: {name: b}\nspec:\n  lifecycle:\n    update:\n      via: scim\n      |\n");
expect("second document of a file completes by its own kind", only(items, UPDATE.filter((k) => k !== "via")), items.map((i) => i.label));

const full = (line) => `${head}spec:\n  provisioning:\n    mode: hybrid\n  lifecycle:\n    update:\n      via: scim\n      slaHours: 24\n      owner: it-apps\n`.replace(line, (hit) => hit[0] + "|" + hit.slice(1));
let text;
// The description of a definition, up to its first full stop or backquote, which the server escapes.
const described = (node) => {
  while (!node.description) node = node.$ref.slice(2).split("/").reduce((at, step) => at[step], schema);
  return node.description.split(/[.`]/)[0];
};
const { AppMetadata, Jit, Lifecycle, Provisioning, Update } = schema.$defs;
for (const [key, node] of [["slaHours", Update.properties.slaHours], ["owner: it", Update.properties.owner], ["update:", Lifecycle.properties.update], ["lifecycle:", schema.$defs.AppSpec.properties.lifecycle], ["mode:", Provisioning.properties.mode], ["kind:", schema.properties.kind], ["apiVersion", schema.properties.apiVersion], ["spec:", schema.$defs.AppSpec], ["metadata", AppMetadata], ["name: monday", AppMetadata.properties.name]]) {
  const words = described(node);
  text = await hover(full(key));
  const count = text.split(words).length - 1;
  expect(`hover on ${key} shows its description once`, count === 1, text);
}
text = await hover(full("scim"));
expect("hover on the value of via explains it", text.includes("SCIM calls"), text);
text = await hover(`${head}spec:\n  provisioning:\n    jit:\n      t|estedOn: 2026-01-01\n`);
expect("hover on a key with a description beside its $ref shows this description", text.includes(described(Jit.properties.testedOn)), text);

const problems = async (name, body, check, options) => { const found = await diagnose(body, options); expect(name, check(found), found); };
await problems("a clean app has no diagnostics", `${head}spec:\n  provisioning: {mode: jit}\n  lifecycle:\n    update: {via: scim, slaHours: 24, owner: it-apps}\n`, (d) => d.length === 0);
await problems("mode: jitt is diagnosed once, with the enum", `${head}spec:\n  provisioning:\n    mode: jitt\n`, (d) => d.length === 1 && d[0].at === "7:11-7:15" && d[0].message.includes("hybrid"));
await problems("an unknown key is diagnosed once", `${head}spec:\n  lifecycle:\n    update: {ownr: x}\n`, (d) => d.length === 1 && d[0].message.includes("ownr"));
await problems("a wrong type is diagnosed once", `${head}spec:\n  lifecycle:\n    update: {slaHours: soon}\n`, (d) => d.length === 1);
await problems("an unknown kind is diagnosed once", "apiVersion: leaver/v1\nkind: Ap\nmetadata: {name: a}\nspec: {}\n", (d) => d.length === 1);
await problems("a missing spec is diagnosed once", "apiVersion: leaver/v1\nkind: App\nmetadata: {name: a}\n", (d) => d.length === 1);
await problems("a bad date is diagnosed once", `${head}spec:\n  lifecycle:\n    review: {last: 2026-9-1}\n`, (d) => d.length === 1 && d[0].message.includes("YYYY-MM-DD"));
await problems("a wrong kind's key is diagnosed once", "apiVersion: leaver/v1\nkind: Team\nmetadata: {name: a}\nspec: {tier: 1}\n", (d) => d.length === 1);

// With a pattern, `null` removes a value (RFC 7396); nothing else differs.
const inheriting = `${head}spec:\n  pattern: okta-scim\n`, plain = `${head}spec:\n  tier: 2\n`;
const NULLS = ["tier: null", "signOn: ~", "signOn: {appId: null, closedBy: {owner: null}}", "lifecycle: {transfer: null, deprovision: {slaHours: null}}", "provisioning: {mode: null, scim: null}", "roles: null"];
for (const line of NULLS) {
  await problems(`${line} removes below a pattern`, `${inheriting}  ${line}\n`, (d) => d.length === 0);
  await problems(`${line} removes in a pattern`, `apiVersion: leaver/v1\nkind: Pattern\nmetadata: {name: a}\nspec:\n  ${line}\n`, (d) => d.length === 0);
  await problems(`${line} is diagnosed without a pattern`, `${head}spec:\n  ${line}\n`, (d) => d.length > 0);
}
await problems("null removes in a population", `${head}spec:\n  populations: [{name: guests, signOn: null, lifecycle: {deprovision: {slaHours: null}}}]\n`, (d) => d.length === 0);
await problems("null in a list is diagnosed below a pattern", `${inheriting}  roles: [{name: null}]\n`, (d) => d.length === 1);
await problems("a wrong value below a pattern is diagnosed once, with the enum", `${inheriting}  provisioning:\n    mode: jitt\n`, (d) => d.length === 1 && d[0].message.includes("hybrid"));
await problems("an unknown key below a pattern is diagnosed once", `${inheriting}  lifecycle:\n    update: {ownr: x}\n`, (d) => d.length === 1 && d[0].message.includes("ownr"));
await problems("a wrong type below a pattern is diagnosed once", `${inheriting}  lifecycle:\n    update: {slaHours: soon}\n`, (d) => d.length === 1);
await problems("a bad date below a pattern is diagnosed once", `${inheriting}  lifecycle:\n    review: {last: 2026-9-1}\n`, (d) => d.length === 1 && d[0].message.includes("YYYY-MM-DD"));
for (const [where, body] of [["lifecycle", "  lifecycle:\n    |"], ["a stage", "  lifecycle:\n    update:\n      |"], ["via", "  lifecycle:\n    update:\n      via: |"], ["mode", "  provisioning:\n    mode: |"], ["signOn", "  signOn:\n    |"], ["an entry of signOn", "  signOn:\n    - system: okta\n      |"], ["a role", "  roles:\n    - name: x\n      |"], ["a population", "  populations:\n    - name: guests\n      |"]]) {
  const without = await complete(plain + body), within = await complete(inheriting + body);
  const labels = (list) => list.map((i) => i.label).filter((label) => label !== "null").sort();
  expect(`${where} offers the same below a pattern, with the same texts`, without.length > 0 && labels(without).join() === labels(within).join() && without.every((i) => within.find((j) => j.label === i.label).doc === i.doc), [labels(without), labels(within)]);
}
for (const [key, body] of [["owner", "  lifecycle:\n    update:\n      o|wner: it\n"], ["lifecycle", "  life|cycle:\n    update: {owner: it}\n"], ["a value", "  lifecycle:\n    update:\n      via: sc|im\n"]]) {
  const without = await hover(plain + body), within = await hover(inheriting + body);
  expect(`hover on ${key} shows the same below a pattern`, without !== "" && without === within, [without, within]);
}

// An app may have several sign-ons.
for (const [how, first] of [["without a pattern", plain], ["below a pattern", inheriting]]) {
  await problems(`a list of sign-ons has no diagnostics ${how}`, `${first}  signOn: [{system: okta, appId: a, populations: [employees]}, {system: entra-id, protocol: oidc}]\n`, (d) => d.length === 0);
  await problems(`an entry without a system is diagnosed once ${how}`, `${first}  signOn: [{system: okta}, {appId: x}]\n`, (d) => d.length === 1 && d[0].message.includes("system"));
  await problems(`an unknown key of an entry is diagnosed once ${how}`, `${first}  signOn: [{system: okta, appID: x}]\n`, (d) => d.length === 1 && d[0].message.includes("appID"));
}

server.kill();
console.log(failed ? `${failed} failed` : "all expectations hold");
process.exit(failed ? 1 : 0);
