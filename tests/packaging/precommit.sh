#!/usr/bin/env bash
# Tests this checkout's hooks with the real pre-commit in new repositories. With a wheel as argument, also tests a hook that needs no Rust.
# shellcheck disable=SC2016 # backquotes are text here
# shellcheck source=tests/packaging/common.sh
. "$(dirname "$0")/common.sh"
wheel=${1:-}
tools || { missing "pre-commit (no network or no Python)"; exit 0; }
mkdir "$work/bin"
ln -s "$leaver" "$work/bin/leaver"
export PATH="$work/bin:$bin:$PATH" PRE_COMMIT_HOME="$work/cache" PRE_COMMIT_COLOR=never
shown=$work/log

# A repository with the hooks, as pre-commit requires.
mkdir "$work/hooks"
cp "$root/.pre-commit-hooks.yaml" "$work/hooks/"
git -C "$work/hooks" init -q
git -C "$work/hooks" add -A
git -C "$work/hooks" commit -qm hooks
rev=$(git -C "$work/hooks" rev-parse HEAD)
pre-commit validate-manifest "$root/.pre-commit-hooks.yaml"

# A repository with a catalogue and the given hook.
repository() {
  rm -rf "$work/repo"
  mkdir -p "$work/repo/apps"
  cd "$work/repo"
  git init -q -b main
  printf '%s\n' "$1" >.pre-commit-config.yaml
  echo "version: 1" >leaver.yaml
  team it >teams.yaml
  clean slack >apps/slack.yaml
  faulty old >apps/old.yaml
  git add -A && git commit -qm base
  pre-commit install >/dev/null
}
hook() { printf 'repos:\n- repo: %s\n  rev: %s\n  hooks: [{id: %s%s}]\n' "$work/hooks" "$rev" "$1" "${2:-}"; }
# Commits everything. Sets $code to the status and $shown to the output.
commit() {
  git add -A
  code=0
  git commit -m x >"$shown" 2>&1 || code=$?
}

# Tests a hook on changed files; $1 is its configuration.
by_file() {
  repository "$1"
  faulty box >apps/box.yaml
  commit
  expect "$2: a fault blocks the commit" is "$code" 1
  expect "$2: the place of the fault is shown" has "$shown" "apps/box.yaml:8:3"
  expect "$2: the next command is shown" has "$shown" "leaver explain jit/no-update-owner"
  expect "$2: faults of other files are not shown" lacks "$shown" "apps/old.yaml"
  expect "$2: nothing was committed" is "$(git log --oneline | wc -l)" 1
  sed -i 's/^  lifecycle:/&\n    update: {via: ticket, queue: IT, owner: it, slaHours: 24}/' apps/box.yaml
  commit
  expect "$2: after a fix, the commit passes" is "$code" 0
  echo "any: thing" >other.yaml && echo "{}" >.hidden.yml && echo "a: b" >.clang-format && mkdir -p .github/workflows && echo "on: push" >.github/workflows/x.yml
  commit
  expect "$2: YAML that is not leaver's passes" is "$code" 0
  echo "# a comment" >>leaver.yaml
  commit
  expect "$2: after a change of the configuration, all files are checked" has "$shown" "apps/old.yaml:8:3"
  git checkout -q HEAD -- . && git reset -q --hard
  git mv teams.yaml groups.yaml
  commit
  expect "$2: a renamed file passes" is "$code" 0
  # Other files of the catalogue count, although pre-commit passes only one file.
  clean slack >apps/twice.yaml
  commit
  expect "$2: a name that another file also declares is reported" has "$shown" "catalogue/duplicate-name"
  git rm -qf apps/twice.yaml
}
by_file "$(hook leaver-system)" leaver-system

# File names are never options, whatever arguments a user gives.
named() {
  repository "$(hook leaver-system "$1")"
  # As options, these would disable the check or overwrite the configuration.
  printf 'version: 1\nrules: {jit/no-update-owner: {severity: off}}\n' >--config=x.yaml
  printf 'version: 1\n' >--ignore=x.yaml
  printf 'version: 1\n' >-ojson=leaver.yaml
  faulty dash >--since=main.yaml
  faulty box >apps/box.yaml
  commit
  expect "names, args '$1': nothing was committed" is "$(git log --oneline | wc -l)" 1
  expect "names, args '$1': nothing was overwritten" is "$(cat leaver.yaml)" "version: 1"
}
for args in '' ', args: [--]' ', args: [--staged, --]' ', args: [--fail-on, info, --]'; do
  named "$args"
  expect "names, args '$args': the commit is blocked" is "$code" 1
  expect "names, args '$args': the new finding is shown" has "$shown" "apps/box.yaml:8:3"
  expect "names, args '$args': a file named like an option is checked too" has "$shown" "[--since=main.yaml:8:3]"
  rm -- apps/box.yaml --since=main.yaml
  if [[ $args != *info* ]]; then
    commit
    expect "names, args '$args': without errors, the commit passes" is "$code" 0
  fi
done
for args in ', args: []' ', args: [--staged]' ', args: [--exit-zero]'; do
  named "$args"
  expect "names, args '$args': the names are refused" has "$shown" "is an option, but a file of that name is in the working directory"
  expect "names, args '$args': the refusal has a help text" has "$shown" 'after `--`'
  git rm -qf -- '--*' -ojson=leaver.yaml
  commit
  expect "names, args '$args': files with other names are checked as usual" is "$code" "$([[ $args = *zero* ]] && echo 0 || echo 1)"
done
repository "$(hook leaver-system ', args: [--exit-zero, --]')"
faulty box >apps/box.yaml
commit
expect "an argument before -- is an option" is "$code" 0

# pre-commit does not pass deleted files to a hook, and runs no hook by file if a commit only deletes files.
repository "$(hook leaver-all-system)"
git rm -q apps/old.yaml && clean zoom >apps/zoom.yaml
commit
expect "leaver-all: a whole catalogue without faults passes" is "$code" 0
git rm -q teams.yaml
commit
expect "leaver-all: a commit that only deletes is checked" is "$code" 1
expect "leaver-all: references to the deleted team are shown" has "$shown" "catalogue/unknown-owner"
repository "$(hook leaver-all-system ', args: [--staged, --since, HEAD]')"
touch readme.txt
commit
expect "only new findings: old faults block nothing" is "$code" 0
git rm -q teams.yaml
commit
expect "only new findings: a deletion is reported" has "$shown" "catalogue/unknown-owner"
git reset -q --hard
git mv apps/old.yaml apps/older.yaml
commit
expect "only new findings: a renamed file is not reported" is "$code" 0
faulty box >apps/box.yaml
commit
expect "only new findings: a new fault is reported" has "$shown" "apps/box.yaml:8:3"
expect "only new findings: old faults are not reported" lacks "$shown" "apps/older.yaml"

# Staged files count, but other files in the working tree do not.
repository "$(hook leaver-system ', args: [--staged]')"
printf '%s\n---\n' "$(clean zoom)" | sed 's/owner: it/owner: ops/' >apps/zoom.yaml
git add apps/zoom.yaml
team ops >ops.yaml
code=0
git commit -m x >"$shown" 2>&1 || code=$?
expect "staged: a team that is not staged does not exist" has "$shown" "catalogue/unknown-owner"
commit
expect "staged: a staged team exists" is "$code" 0

# Five hundred files with long names: pre-commit passes them in several runs.
repository "$(hook leaver-system)"
long=$(printf 'long-%.0s' {1..20})/$(printf 'name-%.0s' {1..40})
mkdir "apps/${long%/*}"
for n in $(seq 500); do faulty "app-$n" >"apps/$long$n.yaml"; done
commit
expect "500 files: the commit is blocked" is "$code" 1
expect "500 files: leaver runs several times" [ "$(grep -c '^✗ ' "$shown")" -ge 2 ]
expect "500 files: each fault is shown once" is "$(grep -cE 'apps/long-[^ ]*:8:3(\]|: error)' "$shown")" 500
expect "500 files: nothing else is shown" lacks "$shown" "apps/old.yaml"
for n in $(seq 500); do clean "app-$n" >"apps/$long$n.yaml"; done
commit
expect "500 files: after a fix, they pass" is "$code" 0

if [ -n "$wheel" ]; then
  # PATH contains neither Rust nor leaver.
  rm "$work/bin/leaver"
  PATH=$work/bin:$bin:/usr/local/bin:/usr/bin:/bin
  by_file "$(printf 'repos:\n- repo: local\n  hooks:\n  - id: leaver\n    name: leaver\n    language: python\n    additional_dependencies: ["%s"]\n    entry: leaver check --\n    files: \\.(ya?ml|rego)$\n    require_serial: true\n' "$wheel")" wheel
  expect "wheel: the hook had no other leaver" [ -z "$(command -v leaver)" ]
else
  missing "a hook from a wheel (give one as argument)"
fi
conclude
