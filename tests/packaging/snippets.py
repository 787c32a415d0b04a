"""Extracts the snippets of a page and the commands in them: snippets.py PAGE COMPONENT FOLDER."""
import io
import re
import sys
from pathlib import Path

from ruamel.yaml import YAML

page, component, folder = Path(sys.argv[1]).read_text(), Path(sys.argv[2]).read_text(), Path(sys.argv[3])
yaml = YAML(typ="safe")
KINDS = {
    "# .github/workflows/leaver.yml": "github",
    "# .gitlab-ci.yml": "gitlab",
    "# azure-pipelines.yml": "azure",
    "# .pre-commit-config.yaml": "precommit",
}


def write(name, text):
    (folder / name).write_text(text)


def scripts(node):
    """All scripts in a workflow or pipeline."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("run", "bash"):
                yield value
            elif key in ("script", "before_script"):
                yield "\n".join(value) if isinstance(value, list) else value
            else:
                yield from scripts(value)
    elif isinstance(node, list):
        for value in node:
            yield from scripts(value)


def take(kind, nth, text):
    write(f"{kind}-{nth}.yml", text)
    for at, script in enumerate(scripts(yaml.load(text))):
        if "leaver check" in script:
            write(f"{kind}-{nth}-{at}.sh", script + "\n")
        if "leaver diff" in script:
            write(f"{kind}-{nth}-{at}.diff", script + "\n")
        if "pip " in script:
            write(f"{kind}-{nth}-{at}.pip", script + "\n")


for nth, (language, text) in enumerate(re.findall(r"^```(\w+)\n(.*?)^```$", page, re.S | re.M)):
    first = text.splitlines()[0]
    if language == "yaml":
        take(KINDS[first], nth, text)  # a KeyError means that `KINDS` lacks the system of the snippet
    elif language == "groovy":
        for at, script in enumerate(re.findall(r"^ *sh '(.*)'$", text, re.M)):
            write(f"jenkins-{nth}-{at}.sh", script + "\n")
    elif language == "sh" and first == "#!/bin/sh":
        write(f"hook-{nth}.sh", text)

head, body = component.split("\n---\n")
inputs = yaml.load(head)["spec"]["inputs"]
for name in re.findall(r"\$\[\[ inputs\.([a-z-]+) \]\]", body):
    body = body.replace(f"$[[ inputs.{name} ]]", repr(str(inputs[name]["default"])))
assert "$[[" not in body, body
take("gitlab", "component", body)
for value in inputs.values():
    assert "default" in value, value
