#!/usr/bin/env bash
# Runs leaver once in a GitHub job and produces annotations, the full text in the log, the job summary, SARIF, JSON and the exit status.
# Input: INPUT_* (see action.yml), BASE_SHA and GitHub's own variables. Each input is a single argument, never a script.
#
# The author of the pull request controls the checkout, so this script looks for no program in the checkout, and builds and
# imports nothing from it.
set -euo pipefail
# shellcheck source=.github/action/path.sh
. "${BASH_SOURCE[0]%/*}/path.sh"
workspace=$(cd -- "${GITHUB_WORKSPACE:-.}" && pwd -P)
outside_of "$workspace"

temp=$(mktemp -d "${RUNNER_TEMP:-/tmp}/leaver.XXXXXX")
sarif=$temp/leaver.sarif
json=$temp/leaver.json
# GitHub's limits: https://docs.github.com/en/code-security/code-scanning and /actions (job summaries).
sarif_limit=$((10 * 1000 * 1000))
summary_limit=$((1024 * 1024))

# Sets an output for later steps.
set_output() { printf '%s=%s\n' "$1" "$2" >>"${GITHUB_OUTPUT:-/dev/null}"; }

# Prints a message as a workflow command, and escapes the text.
annotate() {
  local text=$2
  text=${text//'%'/%25}
  text=${text//$'\r'/%0D}
  printf '::%s title=leaver::%s\n' "$1" "${text//$'\n'/%0A}"
}

fail() {
  annotate error "$1"
  set_output status 2
  exit 2
}

for name in WORKING_DIRECTORY CONFIG PROFILE FAIL_ON SINCE TRUST_REF BASELINE ANNOTATIONS CATEGORY; do
  input=INPUT_$name
  [[ ${!input:-} != *[[:cntrl:]]* ]] || fail "an input (INPUT_$name) has a line break or another control character"
done
[[ ${INPUT_CATEGORY:-} =~ ^[A-Za-z0-9._/-]*$ ]] || fail "input \`category\` may have letters, digits and \`._/-\` only"
[[ ${INPUT_ANNOTATIONS:-true} =~ ^(true|false)$ ]] || fail "input \`annotations\` is \`true\` or \`false\`"

# Annotations and code scanning need paths relative to the top of the repository.
cd -- "$workspace"
command -v leaver >/dev/null || fail "there is no leaver in PATH. A leaver inside the checkout does not count, because a change could replace it"
# An absolute path without `.` and `..`. Links are not followed, because a change chooses their targets.
normalised() {
  local part parts out=
  IFS=/ read -ra parts <<<"$1"
  for part in ${parts[@]+"${parts[@]}"}; do
    case $part in
      '' | .) ;;
      ..) out=${out%/*} ;;
      *) out=$out/$part ;;
    esac
  done
  printf '%s' "${out:-/}"
}

# Replaces a path in the workspace with its physical path, since a folder above the workspace may be a link.
physical() {
  local path=$1
  if [ -n "${GITHUB_WORKSPACE:-}" ]; then
    case $path/ in "$(normalised "$GITHUB_WORKSPACE")"/*) path=$workspace${path#"$(normalised "$GITHUB_WORKSPACE")"} ;; esac
  fi
  printf '%s' "$path"
}

folder=${INPUT_WORKING_DIRECTORY:-.}
case $folder in /*) ;; *) folder=./$folder ;; esac
[ -d "$folder" ] || fail "there is no folder \`${INPUT_WORKING_DIRECTORY:-.}\` (input \`working-directory\`): check out the repository first"
folder=$(cd -- "$folder" && pwd -P)
case $folder/ in "$workspace"/*) ;; *) fail "input \`working-directory\` leads out of the workspace" ;; esac
case ${INPUT_WORKING_DIRECTORY:-.} in
  /*) named=$(physical "$(normalised "$INPUT_WORKING_DIRECTORY")") ;;
  *) named=$(normalised "$workspace/${INPUT_WORKING_DIRECTORY:-.}") ;;
esac
[ "$named" = "$folder" ] || fail "input \`working-directory\` leads through a link, whose target a change can choose: name the folder itself"
# The repository is the nearest parent folder with a `.git` folder. A change cannot contain one, because git refuses to check it out. The `.git`
# file of a submodule does not count, nor does a bare repository among the files.
top=$workspace
at=$folder
while :; do
  if [ -d "$at/.git" ]; then
    top=$at
    break
  fi
  [ "$at" != "$workspace" ] || break
  at=${at%/*}
done
cd -- "$top"
prefix=${folder#"$top"}
prefix=${prefix#/}

# A path below the working directory, relative to the top, that cannot be mistaken for an option.
below() {
  case $1 in
    /*) printf '%s' "$1" ;;
    *) printf '%s' "./${prefix:+$prefix/}$1" ;;
  esac
}

# Whether a path from `below` is inside the repository.
in_repository() {
  local path=$1
  case $path in /*) ;; *) path=$top/$path ;; esac
  path=$(physical "$(normalised "$path")")
  case $path in "$top"/*) ;; *) return 1 ;; esac
}

# Runs git on this repository only. It starts no program that the configuration, a hook or a remote names.
repository() {
  env -u GIT_WORK_TREE -u GIT_INDEX_FILE -u GIT_COMMON_DIR -u GIT_OBJECT_DIRECTORY -u GIT_ALTERNATE_OBJECT_DIRECTORIES -u GIT_NAMESPACE \
    -u GIT_SSH -u GIT_SSH_COMMAND -u GIT_PROXY_COMMAND -u GIT_EXEC_PATH -u GIT_TEMPLATE_DIR \
    GIT_NO_LAZY_FETCH=1 GIT_NO_REPLACE_OBJECTS=1 GIT_TERMINAL_PROMPT=0 GIT_ASKPASS='' SSH_ASKPASS='' GIT_PAGER=cat \
    GIT_ALLOW_PROTOCOL="${protocols:-}" \
    git --git-dir="$top/.git" --no-pager -c safe.bareRepository=explicit -c protocol.allow=never -c core.hooksPath=/dev/null \
    -c core.fsmonitor=false -c core.alternateRefsCommand=true -c credential.helper= -c gc.auto=0 -c maintenance.auto=false \
    -c submodule.recurse=false "$@" </dev/null
}

is_commit() { [[ $1 =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]]; }

# Whether the commit with this id exists. A shallow clone fetches the commit by its id, not by a branch, since `origin` can be a fork. The fetch never
# uses ssh, which runs programs that the configuration names. GIT_ALLOW_PROTOCOL is set because the configuration can allow a protocol that
# `protocol.allow` forbids.
available() {
  is_commit "$1" || return 1
  repository cat-file -e "$1^{commit}" 2>/dev/null && return
  protocols=https:http:file repository fetch --quiet --no-tags --no-prune --no-recurse-submodules --no-write-fetch-head --depth=1 \
    --upload-pack=git-upload-pack origin "$1" >&2 || return 1
  repository cat-file -e "$1^{commit}" 2>/dev/null
}

# The first parent of GitHub's merge commit: the tip of the target branch at the time of the event. Empty if it is not available.
target_tip() {
  local parents
  [[ ${GITHUB_REF:-} =~ ^refs/pull/[0-9]+/merge$ ]] && available "${GITHUB_SHA:-}" || return 0
  # Uses `cat-file`, since a shallow clone hides the parents from `rev-parse`.
  parents=$(repository cat-file commit "$GITHUB_SHA" | sed -n '1,/^$/s/^parent //p')
  case $parents in *$'\n'*) printf '%s' "${parents%%$'\n'*}" ;; esac
}

pull=false
if [ -n "${BASE_SHA:-}" ]; then pull=true; fi
case ${GITHUB_EVENT_NAME:-} in
  pull_request | pull_request_target | merge_group)
    is_commit "${BASE_SHA:-}" || fail "the event names no base commit: set \`trust-ref\` and \`since\` yourself"
    ;;
esac

# Configuration and rules come from the tip of the target branch, whatever was checked out: an older base brings back old rules, waivers and signers.
trust=${INPUT_TRUST_REF:-}
if [ "$trust" = auto ] && [ -n "${INPUT_CONFIG:-}" ] && ! in_repository "$(below "$INPUT_CONFIG")"; then
  trust=
  if [ "$pull" = true ]; then
    annotate warning "input \`config\` names a file outside of the repository: the action takes no rules, profiles, vendors, waivers, baseline or signers from the base of this change. Protect the file, or move it into the repository"
  fi
elif [ "$trust" = auto ]; then
  trust=
  if [ "$pull" = true ]; then
    trust=$(target_tip)
    trust=${trust:-$BASE_SHA}
    available "$trust" || true # leaver reports a missing commit, with a help text
  fi
fi

# Findings are new relative to the target's tip if the merge commit is checked out, else relative to the commit of the event.
since=${INPUT_SINCE:-}
if [ "$since" = auto ]; then
  since=
  if [ "$pull" = true ]; then
    if [ "$(repository rev-parse --verify --quiet 'HEAD^{commit}' || true)" = "${GITHUB_SHA:-}" ]; then since=$(target_tip); fi
    since=${since:-$BASE_SHA}
    available "$since" || true
  fi
fi

options=()
option() { if [ -n "$2" ]; then options+=("$1=$2"); fi; }
option --config "${INPUT_CONFIG:+$(below "$INPUT_CONFIG")}"
option --profile "${INPUT_PROFILE:-}"
option --fail-on "${INPUT_FAIL_ON:-}"
option --since "$since"
option --trust-ref "$trust"
option --baseline "${INPUT_BASELINE:+$(below "$INPUT_BASELINE")}"
[ "${INPUT_ANNOTATIONS:-true}" = false ] || options+=(--output=github)

paths=()
while IFS= read -r path || [ -n "$path" ]; do
  path=${path%$'\r'}
  [ -z "${path//[[:space:]]/}" ] || paths+=("$(below "$path")")
done <<<"${INPUT_PATHS:-}"
if [ ${#paths[@]} = 0 ] && [ -n "$prefix" ]; then paths=("./$prefix"); fi

status=0
leaver check --color=never ${options[@]+"${options[@]}"} --output="full=$temp/full.txt" --output="markdown=$temp/summary.md" \
  --output="sarif=$sarif" --output="json=$json" -- ${paths[@]+"${paths[@]}"} </dev/null >"$temp/out.txt" 2>"$temp/err.txt" || status=$?

# leaver's reports are harmless in a log, but error messages about the command line repeat the inputs, and the full text quotes files. So this
# section tells the runner to process no commands.
if [ -f "$temp/full.txt" ]; then cat "$temp/out.txt"; fi
mark=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::group::leaver: full report"
echo "::stop-commands::$mark"
if [ -f "$temp/full.txt" ]; then cat "$temp/full.txt"; else cat "$temp/out.txt"; fi
cat "$temp/err.txt"
echo
echo "::$mark::"
echo "::endgroup::"

if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$temp/summary.md" ]; then
  used=0
  if [ -f "$GITHUB_STEP_SUMMARY" ]; then used=$(wc -c <"$GITHUB_STEP_SUMMARY"); fi
  if [ $((used + $(wc -c <"$temp/summary.md"))) -lt $summary_limit ]; then
    cat "$temp/summary.md" >>"$GITHUB_STEP_SUMMARY"
  else
    annotate warning "no room in the job summary for the report: see the log"
  fi
fi

upload=false
if [ -f "$sarif" ]; then
  if [ -n "${INPUT_CATEGORY:-}" ]; then
    # The pattern cannot match inside a string, because quotes in strings are escaped.
    sed "s|\"automationDetails\":{\"id\":\"[^\"]*\"}|\"automationDetails\":{\"id\":\"$INPUT_CATEGORY/\"}|" "$sarif" >"$sarif.new"
    mv "$sarif.new" "$sarif"
  fi
  if [ "$(gzip -c "$sarif" | wc -c)" -le $sarif_limit ]; then
    upload=true
  else
    annotate warning "the SARIF file exceeds the limit of code scanning and is not uploaded"
  fi
  set_output sarif "$sarif"
  set_output json "$json"
fi
set_output upload "$upload"
# On Windows, the next step is not a shell and needs a native path.
if command -v cygpath >/dev/null; then top=$(cygpath -m "$top"); fi
set_output root "$top"
set_output status "$status"

case $status in
  0 | 1) ;;
  2) if [ ! -f "$sarif" ]; then annotate error "the options of leaver are invalid: see the log of this step"; fi ;;
  3) annotate error "nothing to check: there is no declaration here, or no rule ran" ;;
  *) annotate error "leaver ended with status $status" ;;
esac
exit "$status"
