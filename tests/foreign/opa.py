"""Checks that OPA reports the same findings on the output of `leaver bundle`. Arguments: the bundle, leaver's JSON report."""

import json
import sys
import tarfile

from opa_bindings import OpaEngine

engine = OpaEngine()
declarations = []
with tarfile.open(sys.argv[1]) as bundle:
    for member in bundle.getmembers():
        text = bundle.extractfile(member).read().decode()
        if member.name.endswith(".rego"):
            engine.add_policy(member.name, text)
        elif member.name == "data.json":
            data = json.loads(text)
            declarations = data["leaver"]["declarations"]
            engine.add_data(data)
found = engine.eval_query("x := data.leaver_report.findings")[0]["x"]


def key(rule, name, path, message):
    return (rule, name, json.dumps(path), message)


opa = sorted(key(f["rule"], declarations[f["declaration"]]["metadata"]["name"], f["path"], f["message"]) for f in found)
report = json.load(open(sys.argv[2]))
# These rules are implemented in Rust, so OPA cannot evaluate them.
native = {"catalogue/reused-name", "waiver/index-path", "waiver/unused"}
own = sorted(
    key(f["rule"], f["name"], f["path"], f["message"])
    for f in report["findings"]
    if not f["rule"].startswith("schema/") and f["rule"] not in native
)
for row in set(opa) ^ set(own):
    print("only in", "OPA:" if row in opa else "leaver:", *row)
if opa != own or not own:
    sys.exit(1)
print(f"opa: the same {len(opa)} findings")
