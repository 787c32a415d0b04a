#!/usr/bin/env bash
# Tests the scripts of the action in an environment like GitHub's: the log, the job summary, the outputs and SARIF. The inputs are hostile, the
# catalogues have up to thousands of apps, and some pull requests relax their own rules.
# shellcheck disable=SC2016 # much here must not expand
# shellcheck source=tests/packaging/common.sh
. "$(dirname "$0")/common.sh"
run=$root/.github/action/run.sh
mkdir "$work/bin"
ln -s "$leaver" "$work/bin/leaver"

# Runs the action. Sets $code to the exit status of run.sh, $shown to its log, $work/output to its outputs. Arguments are NAME=VALUE.
action() {
  : >"$work/output"
  [ -n "${keep_summary:-}" ] || : >"$work/summary"
  code=0
  env -i PATH="$work/bin:$PATH" HOME="$work" GIT_CONFIG_GLOBAL=/dev/null LEAVER_TODAY="$LEAVER_TODAY" CI=true GITHUB_ACTIONS=true \
    GITHUB_WORKSPACE="$work/space" RUNNER_TEMP="$work/temp dir" RUNNER_OS=Linux RUNNER_ARCH=X64 GITHUB_EVENT_NAME=push \
    GITHUB_REF=refs/heads/main GITHUB_ACTION_PATH="$root" GITHUB_OUTPUT="$work/output" GITHUB_STEP_SUMMARY="$work/summary" \
    INPUT_TRUST_REF=auto "$@" bash "$run" >"$shown" 2>&1 || code=$?
}
output() { sed -n "s/^$1=//p" "$work/output"; }
shown=$work/log
mkdir "$work/temp dir"

# Makes a workspace with one repository.
space() {
  rm -rf "$work/space"
  mkdir -p "$work/space/apps"
  cd "$work/space"
  git init -q -b main
  echo "version: 1" >leaver.yaml
  team it >teams.yaml
  clean slack >apps/slack.yaml
  git add -A && git commit -qm base
}

space
action
expect "a clean catalogue passes" is "$code" 0
expect "the status is an output" is "$(output status)" 0
expect "the summary reports a clean catalogue" has "$work/summary" "Nothing found"
expect "a clean catalogue has no annotation" lacks "$shown" "::error"

faulty box >apps/box.yaml
echo "# what another tool wrote" >"$work/summary"
keep_summary=1 action
expect "a fault fails the check" is "$code" 1
expect "the status is an output" is "$(output status)" 1
expect "a fault has an annotation on its line" grep -q '^::error file=apps/box.yaml,line=8,.*title=jit/no-update-owner::' "$shown"
expect "the log has the full text in a group" has "$shown" "::group::leaver: full report"
expect "the log has the fix" has "$shown" "fix: Set "
expect "the summary keeps its existing content first" is "$(head -n 1 "$work/summary")" "# what another tool wrote"
expect "the summary has a table" has "$work/summary" "apps/box.yaml:8"
expect "SARIF is an output" has "$(output sarif)" '"uri":"apps/box.yaml"'
expect "JSON is an output" has "$(output json)" '"jit/no-update-owner"'
expect "SARIF is to be uploaded" is "$(output upload)" true
expect "each format has the same findings" python3 - "$(output sarif)" "$(output json)" "$shown" <<'PY'
import json, re, sys
sarif, report = (json.load(open(path)) for path in sys.argv[1:3])
places = {(r["ruleId"], l["artifactLocation"]["uri"], l["region"]["startLine"])
          for r in sarif["runs"][0]["results"] for l in [r["locations"][0]["physicalLocation"]]}
notes = {(rule, file, int(line)) for file, line, rule in
         re.findall(r"^::(?:error|warning|notice) file=([^,]*),line=(\d+),.*?title=([^:]*)::", open(sys.argv[3]).read(), re.M)}
assert places == notes and len(places) == len(report["findings"]), (places, notes)
PY
expect "the token that makes the runner accept commands again is printed" python3 - "$shown" <<'PY'
import re, sys
log = open(sys.argv[1]).read()
mark = re.search(r"^::stop-commands::([0-9a-f]{32})$", log, re.M)[1]
assert log.count(f"\n::{mark}::\n") == 1 and log.rstrip().endswith("::endgroup::")
PY

action INPUT_ANNOTATIONS=false INPUT_FAIL_ON=warning INPUT_CATEGORY=leaver/eu
expect "annotations can be switched off" lacks "$shown" "::error file"
expect "the category is in the SARIF" has "$(output sarif)" '"automationDetails":{"id":"leaver/eu/"}'
action INPUT_PATHS=$'apps/slack.yaml\n\nteams.yaml\r\n'
expect "paths restrict the report, whatever their line endings" is "$code" 0
action INPUT_PROFILE=no-such
expect "a missing profile gives exit status 2" is "$code" 2
expect "a missing profile is in the log" has "$shown" "no-such"
expect "a missing profile is in the summary" has "$work/summary" "Could not check"
action INPUT_PROFILE=$'a\nb'
expect "a line break in an input is refused before anything runs" has "$shown" "INPUT_PROFILE) has a line break"
action 'INPUT_CATEGORY=x|e'
expect "a category with sed syntax is refused" has "$shown" "may have letters, digits"
action INPUT_FAIL_ON=fatal
expect "an unknown option gives exit status 2" is "$code" 2
expect "an unknown option has an annotation" has "$shown" "::error title=leaver::the options of leaver are invalid"
expect "an unknown option uploads nothing" is "$(output upload)" false
rm apps/*.yaml teams.yaml
action
expect "nothing to check gives exit status 3" is "$code" 3
expect "nothing to check has an annotation" has "$shown" "nothing to check"

# The catalogue is in a folder of the repository, but paths start at the top of the repository.
space
mkdir -p "cat a" && git mv leaver.yaml teams.yaml apps "cat a/"
faulty box >"cat a/apps/box.yaml"
faulty outside >outside.yaml
action INPUT_WORKING_DIRECTORY="cat a"
expect "a working directory is checked" is "$code" 1
expect "paths start at the top of the repository" grep -q '^::error file=cat a/apps/box.yaml,line=8' "$shown"
expect "paths in SARIF also start at the top, and are encoded" has "$(output sarif)" '"uri":"cat%20a/apps/box.yaml"'
expect "files outside of a working directory are not checked" lacks "$shown" "outside.yaml"
action INPUT_WORKING_DIRECTORY="cat a" INPUT_PATHS=apps/slack.yaml
expect "input \`paths\` is relative to the working directory" is "$code" 0
# A change replaces the catalogue with a link to another catalogue.
mkdir -p good/nested && git mv "cat a" rest && clean good >good/good.yaml && echo 'version: 1' >good/leaver.yaml
for folder in "cat a" "./cat a/" "$work/space/cat a" "rest/../cat a" "sub/cat a"; do
  rm -rf "cat a" sub
  case $folder in
    sub/*) mkdir -p "good/cat a" && cp good/*.yaml "good/cat a/" && ln -s good sub ;;
    *) ln -s good "cat a" ;;
  esac
  action INPUT_WORKING_DIRECTORY="$folder"
  expect "working directory $folder: a link does not choose the catalogue" is "$code" 2
  expect "working directory $folder: the link has an annotation" has "$shown" "leads through a link"
done
rm -rf "cat a" sub good/*/ && mv rest "cat a" && rm -rf good
ln -s "$work/space" "$work/linked"
for folder in "$work/linked/cat a" "cat a/" "./cat a/apps/.."; do
  action GITHUB_WORKSPACE="$work/linked" INPUT_WORKING_DIRECTORY="$folder"
  expect "working directory $folder: a link above the workspace is accepted" is "$code" 1
done
rm "$work/linked"
mkdir "$work/outer" && mv "$work/space" "$work/outer/inner" && mv "$work/outer" "$work/space"
action INPUT_WORKING_DIRECTORY="inner/cat a"
expect "paths of a checkout in a folder start at its own top" grep -q '^::error file=cat a/apps/box.yaml,line=8' "$shown"
expect "the top of the checkout is an output for the upload" is "$(output root)" "$(cd "$work/space/inner" && pwd -P)"

# Hostile values in inputs and declarations must not become commands of a shell or of the runner, options, or outputs.
space
harmless() {
  if [ -e "$work/space/pwned" ] || [ -e "$work/pwned" ]; then echo "  a shell ran it"; return 1; fi
  ! grep -qvE '^(status|sarif|json|upload|root)=[^=]*$' "$work/output" || { echo "  an additional output was set"; return 1; }
  python3 - "$shown" <<'PY'
import re, sys
log = re.sub(r"(?s)^::stop-commands::(\w+)$.*?^::\1::$", "", open(sys.argv[1]).read(), flags=re.M)
for line in log.splitlines():
    line = line.strip()
    allowed = re.match(r"::(group::leaver: full report$|endgroup::$|(error|warning|notice) (title=leaver|file=[^:]*,title=[a-z/-]*|(file=[^:]*,)?title=could not check%3A [a-z-]*)::)", line)
    assert allowed or not (line.startswith("::") or re.search(r"##(vso)?\[", line)), line
PY
}
hostile=(
  '$(touch pwned)' '`touch pwned`' '; touch pwned #' '& touch pwned' '| touch pwned' "'; touch pwned; '" '"; touch pwned; "'
  '--exit-zero' '-o' '-' '--' '-rf /' '* ?' '~' '../../etc/passwd' '/etc/passwd' '${{ github.token }}' '%0A::error::x' '$PATH'
  $'a\n::error::injected' $'x\nstatus=0' $'a\r::set-output name=x::y' $'\e[2J' '::add-mask::a' '##[add-path]/tmp' ' ' $'a\tb' 'ü ∂' '||true' '>pwned'
)
# The inputs `paths` and `profile` get all values. Each other input gets every third value, from a different start.
faulty box >apps/box.yaml
nth=0
for name in PATHS WORKING_DIRECTORY CONFIG PROFILE FAIL_ON SINCE TRUST_REF BASELINE ANNOTATIONS CATEGORY; do
  nth=$((nth + 1))
  for at in "${!hostile[@]}"; do
    value=${hostile[at]}
    case $name in PATHS | PROFILE) ;; *) [ $(((at + nth) % 3)) = 0 ] || continue ;; esac
    action "INPUT_$name=$value"
    expect "INPUT_$name=$(printf %q "$value") does no harm" harmless
    # The fault must fail the check although the value is invalid.
    case $name in BASELINE) ;; *) expect "INPUT_$name=$(printf %q "$value") does not hide the fault" [ "$code" != 0 ] ;; esac
  done
done
action INPUT_PATHS=--exit-zero
expect "a path is not an option" is "$code" 2
echo "" >"--exit-zero.yaml" && faulty dash >-.yaml
action INPUT_PATHS=-.yaml
expect "a file may begin with a dash" grep -q '^::error file=-.yaml,line=8' "$shown"
rm ./-*.yaml

space
printf 'apiVersion: leaver/v1\nkind: App\nmetadata: {name: x, title: "a\\n::error::injected\\n##[add-path]/tmp", owner: "::stop-commands::x"}\nspec: {provisioning: {mode: jit}}\n' >'apps/%0A::error::b.yaml'
printf '::error::injected\n::stop-commands::y\n##[group]z\n- [\n' >apps/log.yaml
printf '# ::warning::injected\napiVersion: leaver/v1\nkind: App\nmetadata:\n  name: y\n  owner: x  #\n::add-mask::owner: {}\n' >apps/y.yaml
action
expect "a hostile declaration fails the check" is "$code" 1
expect "a hostile declaration does no harm" harmless

# Thousands of findings stay within GitHub's limits, and the log reports each omission.
space
for n in $(seq 3000); do { faulty "app-$n"; echo "---"; } >>"apps/many-$((n % 12)).yaml"; done
action
expect "a large catalogue with faults fails" is "$code" 1
for kind in error warning notice; do
  expect "at most ten annotations of the kind $kind" [ "$(grep -c "^::$kind " "$shown")" -le 10 ]
done
expect "the log shows the number of omitted annotations" grep -qE '^::notice title=leaver::[0-9]+ more without an annotation' "$shown"
expect "all findings are in the log" grep -q 'app-3000: accounts are created at sign-in' "$shown"
expect "the summary is below 1 MiB" [ "$(wc -c <"$work/summary")" -lt 1048576 ]
expect "the summary reports that it is shortened" has "$work/summary" "omitted, because this page would be too long"
expect "SARIF has all findings, and is below GitHub's limit" python3 - "$(output sarif)" <<'PY'
import gzip, json, sys
data = open(sys.argv[1], "rb").read()
results = json.loads(data)["runs"][0]["results"]
assert sum(r["ruleId"] == "jit/no-update-owner" for r in results) == 3000 and len(results) <= 25000
assert len(gzip.compress(data)) < 10_000_000
PY
head -c 1000000 /dev/zero | tr '\0' x >"$work/summary"
keep_summary=1 action INPUT_PATHS=apps/slack.yaml
keep_summary=1 action
expect "a summary that is already full stays below 1 MiB" [ "$(wc -c <"$work/summary")" -lt 1048576 ]
expect "the log reports the full summary" has "$shown" "no room in the job summary"

# Pull requests in a shallow clone of the merge commit, as actions/checkout creates it.
space
faulty old >apps/old.yaml
git add -A && git commit -qm "an old fault"
cp -r "$work/space" "$work/origin"
cd "$work/origin"
git config uploadpack.allowAnySHA1InWant true
git checkout -q -b change
printf 'version: 1\nrules: {jit/no-update-owner: {severity: off}}\n' >leaver.yaml
faulty new >apps/new.yaml
git add -A && git commit -qm "a fault, and its rule switched off"
echo x >readme.txt
git add -A && git commit -qm "a second commit: the parent of the head belongs to the change"
early=$(git rev-parse main)
git checkout -q main
faulty meanwhile >apps/meanwhile.yaml
git add -A && git commit -qm "a fault that others merged meanwhile"
git merge -q --no-ff -m merge change
merge=$(git rev-parse HEAD)
git update-ref refs/pull/7/merge "$merge" && git reset -q --hard "HEAD^1"
clone() {
  rm -rf "$work/space" && mkdir "$work/space" && cd "$work/space"
  git init -q && git remote add origin "file://$work/origin"
  git fetch -q --depth=1 origin "$1" && git checkout -q FETCH_HEAD
}
pull=(GITHUB_EVENT_NAME=pull_request GITHUB_BASE_REF=main GITHUB_HEAD_REF=change GITHUB_REF=refs/pull/7/merge "GITHUB_SHA=$merge" "BASE_SHA=$early")
clone "$merge"
action "${pull[@]}" INPUT_TRUST_REF=
expect "without a trusted commit, a change can relax its check" is "$code" 0
clone "$merge"
action "${pull[@]}"
expect "by default, a change cannot relax its check" is "$code" 1
expect "the fault of the change is shown" grep -q '^::error file=apps/new.yaml' "$shown"
expect "the change of the rules is shown" has "$shown" "trust/changed"
clone "$merge"
action "${pull[@]}" INPUT_SINCE=auto
expect "only new findings fail the check" is "$code" 1
expect "the new fault is shown" has "$shown" "apps/new.yaml"
expect "an old fault is not shown" lacks "$shown" "apps/old.yaml"
expect "a fault that was merged in the meantime is not shown" lacks "$shown" "apps/meanwhile.yaml"
clone change
action "${pull[@]}" INPUT_SINCE=auto
expect "a checkout of the head itself works too" grep -q '^::error file=apps/new.yaml' "$shown"
expect "a checkout of the head is compared with the commit of the event" lacks "$shown" "apps/old.yaml"
action GITHUB_EVENT_NAME=pull_request
expect "a pull request without a base gives exit status 2 and does not pass" is "$code" 2
expect "the message names the inputs to set" has "$shown" 'set `trust-ref`'
clone "$merge"
git remote set-url origin "file://$work/nowhere"
action "${pull[@]}"
expect "a base that cannot be fetched gives exit status 2 and does not pass" is "$code" 2
expect "the message says how to fetch the base" has "$shown" "fetch-depth: 0"

# The rules come from the tip of the target branch, whatever is checked out, because an old base would bring back a removed waiver.
space
printf 'apiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: jit/no-update-owner, apps: [new], reason: it moves to SCIM, owner: it, approver: ops, from: 2026-11-01, expires: 2026-12-20, compensatingControl: a weekly review}\n' >w.yaml
team ops >ops.yaml
# A waiver covers the app as declared in the base, so the app is in the base.
faulty new >apps/new.yaml
git add -A && git commit -qm waived
waived=$(git rev-parse HEAD)
git checkout -q -b change && echo "# changed" >>apps/new.yaml && git add -A && git commit -qm change
git checkout -q main && git rm -q w.yaml && git commit -qm "no longer waived"
tip=$(git rev-parse HEAD)
git merge -q --no-ff -m merge change
git update-ref refs/pull/8/merge HEAD
pull=(GITHUB_EVENT_NAME=pull_request GITHUB_BASE_REF=main GITHUB_REF=refs/pull/8/merge "GITHUB_SHA=$(git rev-parse HEAD)" "BASE_SHA=$waived")
git reset -q --hard "$tip"
rm -rf "$work/origin" && cp -r "$work/space" "$work/origin" && git -C "$work/origin" config uploadpack.allowAnySHA1InWant true
for head in refs/pull/8/merge change; do
  clone "$head"
  action "${pull[@]}"
  expect "$head: a waiver that the target branch removed does not count" is "$code" 1
done
clone change
action GITHUB_EVENT_NAME=pull_request_target GITHUB_REF=refs/heads/main "GITHUB_SHA=$tip" "BASE_SHA=$waived"
expect "without a merge commit, the commit of the event is used" is "$code" 0
action GITHUB_EVENT_NAME=merge_group GITHUB_REF=refs/heads/gh-readonly-queue/main/pr-8 "GITHUB_SHA=$(git -C "$work/space" rev-parse HEAD)" "BASE_SHA=$tip"
expect "in a merge queue, the base commit of the group is used" is "$code" 1

# A configuration with another name comes from the base, too.
space
printf 'version: 1\n' >strict.yaml
git rm -q --cached leaver.yaml && rm leaver.yaml && git add -A && git commit -qm base
tip=$(git rev-parse HEAD)
printf 'version: 1\nrules: {jit/no-update-owner: {severity: off}}\n' >strict.yaml
faulty new >apps/new.yaml
mkdir elsewhere && cp strict.yaml "$work/lax.yaml"
git add -A && git commit -qm change
group=(GITHUB_EVENT_NAME=merge_group GITHUB_REF=refs/heads/q "GITHUB_SHA=$(git rev-parse HEAD)" "BASE_SHA=$tip")
action "${group[@]}" INPUT_CONFIG=strict.yaml INPUT_TRUST_REF=
expect "without a trusted commit, a change can edit its configuration" is "$code" 0
for config in strict.yaml ./strict.yaml apps/../strict.yaml elsewhere/../strict.yaml "$work/space/strict.yaml"; do
  action "${group[@]}" "INPUT_CONFIG=$config"
  expect "config $config: it is read from the base" is "$code" 1
  expect "config $config: the change is shown" has "$shown" "trust/changed"
done
ln -s "$work/lax.yaml" link.yaml && git add -A && git commit -qm link
action "${group[@]}" INPUT_CONFIG=link.yaml
expect "a configuration that the base lacks gives exit status 2" is "$code" 2
action "${group[@]}" "INPUT_CONFIG=$work/lax.yaml"
expect "for a configuration outside the repository, the action warns that it takes nothing from the base" has "$shown" "::warning title=leaver::input \`config\` names a file outside of the repository"

# Programs named by a change or by the repository's configuration are never run and make no difference.
canary() { expect "$1: no program was run" [ ! -e "$work/pwned" ]; rm -f "$work/pwned"; }
printf '#!/bin/sh\necho "$0 $*" >>"%s"\nexit 0\n' "$work/pwned" >"$work/program"
chmod +x "$work/program"
space
cp -r "$work/space" "$work/bare-source"
printf 'a.yaml filter=x diff=x merge=x working-tree-encoding=UTF-16\n* filter=x ident export-ignore\n' >.gitattributes
for name in git leaver python3 pip sed gzip cat env mktemp tar curl gh sha256sum; do mkdir -p bin .venv/bin && cp "$work/program" "bin/$name" && cp "$work/program" ".venv/bin/$name" && cp "$work/program" "$name"; done
mkdir .githooks
for name in post-checkout post-index-change pre-auto-gc reference-transaction fsmonitor-watchman post-merge; do cp "$work/program" ".githooks/$name"; done
printf 'LEAVER_TODAY=1999-01-01\nPATH=%s\n' "$work/space/bin" | tee .env .envrc leaver.env >.leaver.env
printf '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n' >pyproject.toml
for name in sitecustomize usercustomize backend setup; do printf 'open("%s", "w")\n' "$work/pwned" >"$name.py"; done
printf '[submodule "s"]\n\tpath = s\n\turl = ext::%s\n\tupdate = !%s\n' "$work/program" "$work/program" >.gitmodules
git add -A && git commit -qm base
git clone -q --bare "$work/bare-source" inner
printf '[core]\n\tfsmonitor = %s\n\tworktree = %s\n\thooksPath = %s\n[alias]\n\trev-parse = !%s\n' "$work/program" "$work/space" "$work/space/.githooks" "$work/program" >>inner/config
mkdir -p inner/apps && team it >inner/teams.yaml && echo 'version: 1' >inner/leaver.yaml && faulty inner >inner/apps/inner.yaml
faulty new >apps/new.yaml
git add -A && git commit -qm change
rm -rf "$work/origin" && cp -r "$work/space" "$work/origin" && git -C "$work/origin" config uploadpack.allowAnySHA1InWant true
event=(GITHUB_EVENT_NAME=merge_group GITHUB_REF=refs/heads/q "GITHUB_SHA=$(git rev-parse HEAD)" "BASE_SHA=$(git rev-parse HEAD^)" INPUT_SINCE=auto)
hostile_config() {
  local key
  for key in core.fsmonitor core.sshCommand core.pager core.editor core.askPass core.gitProxy core.alternateRefsCommand credential.helper \
    credential.https://github.com.helper diff.external diff.x.command diff.x.textconv filter.x.smudge filter.x.clean filter.x.process merge.x.driver \
    gpg.program interactive.diffFilter remote.origin.uploadpack remote.origin.receivepack uploadpack.packObjectsHook pager.cat-file \
    pager.rev-parse pager.ls-tree alias.cat-file alias.fetch sequence.editor http.sslCertPasswordProtected; do
    git config "$key" "$work/program"
  done
  git config filter.x.required true
  git config core.hooksPath "$work/space/.githooks"
  git config protocol.ext.allow always
  git config protocol.allow always
  git config fetch.recurseSubmodules true
  git config submodule.s.update "!$work/program"
  git config submodule.recurse true
  git config gc.auto 1
  mkdir -p .git/hooks && cp .githooks/* .git/hooks/
}
for folder in . inner; do
  clone HEAD
  action "${event[@]}" "INPUT_WORKING_DIRECTORY=$folder"
  honest=$code
  canary "folder $folder, a clone without attacks"
  expect "folder $folder: the fault is found" is "$code" 1
  clone HEAD && hostile_config
  for path in "$work/bin:$PATH" ".:$work/bin:$PATH" ":$work/bin:$PATH" "$work/space/bin:$work/bin:$PATH" "bin:.venv/bin:$work/bin:$PATH" "$work/space/inner/../.venv/bin:$work/bin:$PATH"; do
    action PATH="$path" "${event[@]}" "INPUT_WORKING_DIRECTORY=$folder"
    canary "folder $folder, PATH=${path%%"$work/bin:"*}"
    expect "folder $folder, PATH=${path%%"$work/bin:"*}: the same status" is "$code" "$honest"
  done
  clone HEAD && hostile_config
  for url in "ext::$work/program %S" "program::x" "ssh://localhost/x" "git://localhost/x"; do
    git config remote.origin.url "$url"
    action "${event[@]}" "INPUT_WORKING_DIRECTORY=$folder"
    canary "folder $folder, remote $url"
    expect "folder $folder, remote $url: status 2" is "$code" 2
  done
  git config remote.origin.vcs program
  action "${event[@]}" "INPUT_WORKING_DIRECTORY=$folder"
  canary "folder $folder, a helper for the remote"
done
rm -rf "$work/space/.git"
action PATH="$work/space/bin:/usr/bin:/bin"
expect "a leaver in the checkout is not used" has "$shown" "no leaver in PATH"
canary "a leaver in the checkout"

# Installs a release that a fake curl copies from this machine.
mkdir -p "$work/release" "$work/fake"
cp "$leaver" "$work/release/leaver"
tar -czf "$work/release/leaver-x86_64-unknown-linux-musl.tar.gz" -C "$work/release" leaver && rm "$work/release/leaver"
(cd "$work/release" && sha256sum ./*.tar.gz | sed 's|\./||' >SHA256SUMS)
cat >"$work/fake/curl" <<SH
#!/usr/bin/env bash
while [ \$# -gt 1 ]; do [ "\$1" != --output ] || to=\$2; shift; done
echo "\$1" >>"$work/asked"
cp "$work/release/\${1##*/}" "\$to"
SH
printf '#!/bin/sh\necho "$@" >>"%s"\nexit "${GH_STATUS:-0}"\n' "$work/gh" >"$work/fake/gh"
chmod +x "$work/fake/"*
install() {
  code=0
  : >"$work/path"
  rm -rf "$work/temp dir" && mkdir "$work/temp dir"
  env -i PATH="$work/fake:$PATH" RUNNER_TEMP="$work/temp dir" RUNNER_OS=Linux RUNNER_ARCH=X64 GITHUB_PATH="$work/path" \
    GITHUB_ACTION_PATH="$root" GH_TOKEN=t "$@" bash "$root/.github/action/install.sh" >"$shown" 2>&1 || code=$?
}
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)
install
expect "a release is installed" is "$code" 0
expect "the release has the version of the action" grep -qx "https://github.com/leaver-lint/leaver/releases/download/v$version/SHA256SUMS" "$work/asked"
expect "its attestation is verified" has "$work/gh" "attestation verify leaver-x86_64-unknown-linux-musl.tar.gz --repo leaver-lint/leaver"
expect "the release runs" "$(cat "$work/path")/leaver" --version >/dev/null
install GITHUB_WORKSPACE="$work/space" PATH="$work/space/bin:$work/fake:$PATH"
expect "the installation uses no programs of the checkout" is "$code" 0
canary "installing"
install GITHUB_WORKSPACE="$work/space" PATH="$work/space/bin:/usr/bin:/bin" INPUT_VERSION=installed
expect "a leaver of the checkout does not count as installed" is "$code" 2
install GH_STATUS=1
expect "a release of another builder is refused" is "$code $(cat "$work/path")" "2 "
install INPUT_VERSION=v9.8.7
expect "another version can be requested" grep -q "/v9.8.7/leaver-" "$work/asked"
install RUNNER_OS=Plan9
expect "the error for a runner without a release has a help text" has "$shown" "version: installed"
for value in '1.2.3; touch pwned' '../../x' $'1.2.3\n::error::x' '-h' '1.2' 'latest$(touch pwned)'; do
  install "INPUT_VERSION=$value"
  expect "version $(printf %q "$value") is refused" is "$code" 2
done
echo "0000  leaver-x86_64-unknown-linux-musl.tar.gz" >"$work/release/SHA256SUMS"
install
expect "a wrong checksum is refused" is "$code $(cat "$work/path")" "2 "
conclude
