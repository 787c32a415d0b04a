"""Checks that leaver and OPA report the same findings on random declarations, which are generated from the JSON Schema.

Arguments: the leaver binary, a seed, the number of apps. Each key of the schema is present at random, so that rules evaluate combinations that
no example has.
"""

import collections
import json
import os
import random
import subprocess
import sys
import tarfile
import tempfile

from opa_bindings import OpaEngine

leaver, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(seed)
schema = json.load(open("schemas/leaver.schema.json"))
DATES = ["2020-01-01", "2026-05-01", "2026-10-26", "2026-11-24", "2026-11-25", "2026-11-26", "2026-12-20", "2027-06-01", "2028-02-29"]
NAMES = ["it", "sec", "ghost", "old", "box", "okta", "entra-id", "admin", "viewer", "a1", "a2", "wide"]


def resolve(node):
    while "$ref" in node or "if" in node:
        if "if" in node:
            # The definitions in `orNull` also allow `null`, so they are left out. Populations are then only names.
            branches = [branch for branch in (node.get("then"), node.get("else")) if branch and "/orNull/" not in branch.get("$ref", "")]
            node = {**{key: value for key, value in node.items() if key not in ("if", "then", "else")}, **random.choice(branches)}
            continue
        extra = {key: value for key, value in node.items() if key != "$ref"}
        target = schema
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = {**target, **extra}
    return node


def value(node, chance):
    node = resolve(node)
    if "const" in node:
        return node["const"]
    if "enum" in node:
        return random.choice(node["enum"])
    kind = "object" if "properties" in node else node.get("type")
    if kind == "object":
        if not node.get("properties"):
            return {random.choice(["costCenter", "country"]): random.choice(NAMES)}
        required = node.get("required", [])
        return {key: value(sub, chance) for key, sub in node["properties"].items() if key in required or random.random() < chance}
    if kind == "array":
        items = [value(node["items"], chance) for _ in range(random.choice([0, 1, 1, 2, 3]))]
        unique = {json.dumps(item, sort_keys=True): item for item in items}
        return list(unique.values()) or [value(node["items"], chance)]
    if kind in ("integer", "number"):
        low, high = node.get("minimum", 0), node.get("maximum", 1000)
        return min(high, max(low, random.choice([0, 1, 2, 4, 24, 30, 45, 72, 90, 91, 180, 365, 400])))
    if kind == "boolean":
        return random.random() < 0.5
    if node.get("format") == "calendar-date":
        return random.choice(DATES)
    examples = [example for example in node.get("examples", []) if isinstance(example, str)]
    pattern = node.get("pattern", "")
    if examples and (pattern or random.random() < 0.3):
        return random.choice(examples)
    return random.choice(NAMES)


def declaration(kind, number):
    chance = random.choice([0.25, 0.5, 0.75])
    keys = schema["$defs"][kind]["properties"]
    made = {"apiVersion": "leaver/v1", "kind": kind, "metadata": value(keys["metadata"], chance), "spec": value(keys["spec"], chance)}
    if kind == "Pattern":
        # The definitions of a Pattern also allow `null`. Values without `null` are generated from those of an App.
        allowed = resolve(keys["spec"])["properties"]
        spec = value(schema["$defs"]["App"]["properties"]["spec"], chance)
        made["spec"] = {key: part for key, part in spec.items() if key in allowed}
        if random.random() < 0.5:
            made["spec"]["pattern"] = random.choice(["twice", "pattern0", "pattern1"])
    made["metadata"]["name"] = random.choice([f"{kind.lower()}{number}"] * 6 + ["twice"])
    return made


documents = [declaration("App", number) for number in range(count)]
documents += [declaration(kind, number) for kind in ("System", "Waiver", "Team", "Pattern") for number in range(count // 20)]
documents += [
    {"apiVersion": "leaver/v1", "kind": "Team", "metadata": {"name": name}, "spec": {"status": "dissolved"} if name == "old" else {}}
    for name in ("it", "sec", "old")
]
random.shuffle(documents)

with tempfile.TemporaryDirectory() as folder:
    with open(f"{folder}/leaver.yaml", "w") as file:
        file.write('{"version": 1, "limits": {"documents": 100000}}')
    for part in range(0, len(documents), 100):
        with open(f"{folder}/{part:06}.yaml", "w") as file:
            file.write("\n---\n".join(map(json.dumps, documents[part : part + 100])))
    environment = {**os.environ, "LEAVER_TODAY": "2026-11-25"}
    subprocess.run([leaver, "bundle", folder, "-o", f"{folder}/b.tar.gz"], env=environment, check=True, stdout=subprocess.DEVNULL)
    report = json.loads(subprocess.run([leaver, "check", folder, "-o", "json"], env=environment, stdout=subprocess.PIPE).stdout)
    engine = OpaEngine()
    with tarfile.open(f"{folder}/b.tar.gz") as bundle:
        for member in bundle.getmembers():
            text = bundle.extractfile(member).read().decode()
            if member.name.endswith(".rego"):
                engine.add_policy(member.name, text)
            elif member.name == "data.json":
                data = json.loads(text)
                engine.add_data(data)
    found = engine.eval_query("x := data.leaver_report.findings")[0]["x"]

declarations = data["leaver"]["declarations"]
opa = collections.Counter(
    (f["rule"], declarations[f["declaration"]]["metadata"]["name"], json.dumps(f["path"]), f["message"]) for f in found
)
own = collections.Counter(
    (f["rule"], f["name"], json.dumps(f["path"]), f["message"])
    for f in report["findings"]
    if not f["rule"].startswith("schema/")
)
for failure in report["failures"]:
    print("failure:", failure["message"])
for row in list((own - opa))[:10]:
    print("only leaver:", *row)
for row in list((opa - own))[:10]:
    print("only opa:", *row)
rules = {row[0] for row in own}
wrong = [f["message"] for f in report["findings"] if f["rule"].startswith("schema/") and f["severity"] == "error"]
print(f"seed {seed}: {len(declarations)} declarations ({len(wrong)} faults of shape), {own.total()} findings of {len(rules)} rules")
# If a change of the schema made most declarations empty, the comparison would show nothing.
enough = count < 200 or len(rules) >= 100
if not enough:
    print("too few rules have findings: does `value` still follow the schema?")
sys.exit(bool(own != opa or report["failures"] or not own or not enough))
