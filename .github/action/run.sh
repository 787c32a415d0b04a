#!/usr/bin/env bash
# One run of leaver in a GitHub job: annotations and the full text in the log, job summary, SARIF, JSON, exit status.
# Input: INPUT_* (see action.yml), BASE_SHA and GitHub's own variables. An input is one argument, never a script.
#
# The checkout belongs to whoever opened the pull request: no program is looked up in it, and nothing in it is built or imported.
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

# Tells the steps that follow.
tell() { printf '%s=%s\n' "$1" "$2" >>"${GITHUB_OUTPUT:-/dev/null}"; }

# A message as a workflow command; whatever is in it stays in it.
say() {
  local text=$2
  text=${text//'%'/%25}
  text=${text//$'\r'/%0D}
  printf '::%s title=leaver::%s\n' "$1" "${text//$'\n'/%0A}"
}

fail() {
  say error "$1"
  tell status 2
  exit 2
}

for name in WORKING_DIRECTORY CONFIG PROFILE FAIL_ON SINCE TRUST_REF BASELINE ANNOTATIONS CATEGORY; do
  input=INPUT_$name
  [[ ${!input:-} != *[[:cntrl:]]* ]] || fail "an input (INPUT_$name) has a line break or another control character in it"
done
[[ ${INPUT_CATEGORY:-} =~ ^[A-Za-z0-9._/-]*$ ]] || fail "input \`category\` may have letters, digits and \`._/-\` only"
[[ ${INPUT_ANNOTATIONS:-true} =~ ^(true|false)$ ]] || fail "input \`annotations\` is \`true\` or \`false\`"

# Everything is named from the top of the repository, as annotations and code scanning want it.
cd -- "$workspace"
command -v leaver >/dev/null || fail "there is no leaver in PATH. One inside the checkout does not count: a change could replace it"
folder=${INPUT_WORKING_DIRECTORY:-.}
case $folder in /*) ;; *) folder=./$folder ;; esac
[ -d "$folder" ] || fail "there is no folder \`${INPUT_WORKING_DIRECTORY:-.}\` (input \`working-directory\`): is the repository checked out?"
folder=$(cd -- "$folder" && pwd -P)
case $folder/ in "$workspace"/*) ;; *) fail "input \`working-directory\` leads out of the workspace" ;; esac
# The repository is the nearest folder above with a `.git` folder, which a change cannot bring: git refuses to check one out. The `.git`
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

# A path below the working directory, from the top, that no option can be mistaken for.
below() {
  case $1 in
    /*) printf '%s' "$1" ;;
    *) printf '%s' "./${prefix:+$prefix/}$1" ;;
  esac
}

# A path of the root, without `.` and `..`, whatever is there: a change chooses what its links point to.
plain() {
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

# Whether a path from `below` names something of the repository.
ours() {
  local path=$1
  case $path in /*) ;; *) path=$top/$path ;; esac
  path=$(plain "$path")
  if [ -n "${GITHUB_WORKSPACE:-}" ]; then
    case $path in "$(plain "$GITHUB_WORKSPACE")"/*) path=$workspace${path#"$(plain "$GITHUB_WORKSPACE")"} ;; esac
  fi
  case $path in "$top"/*) ;; *) return 1 ;; esac
}

# Git on this repository alone. Nothing that its configuration, its hooks or its remote name is started.
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

# Whether a commit is there, by its id; a shallow clone fetches it. An id and no branch, since `origin` can be somebody's fork. No ssh: it
# runs what the configuration says. GIT_ALLOW_PROTOCOL, since the configuration can allow a protocol that `protocol.allow` forbids.
available() {
  is_commit "$1" || return 1
  repository cat-file -e "$1^{commit}" 2>/dev/null && return
  protocols=https:http:file repository fetch --quiet --no-tags --no-prune --no-recurse-submodules --no-write-fetch-head --depth=1 \
    --upload-pack=git-upload-pack origin "$1" >&2 || return 1
  repository cat-file -e "$1^{commit}" 2>/dev/null
}

# The first parent of the merge commit that GitHub made: the tip of the target branch when the event came. Empty if it cannot be had.
target_tip() {
  local parents
  [[ ${GITHUB_REF:-} =~ ^refs/pull/[0-9]+/merge$ ]] && available "${GITHUB_SHA:-}" || return 0
  # `cat-file`, since a shallow clone hides the parents from `rev-parse`.
  parents=$(repository cat-file commit "$GITHUB_SHA" | sed -n '1,/^$/s/^parent //p')
  case $parents in *$'\n'*) printf '%s' "${parents%%$'\n'*}" ;; esac
}

pull=false
if [ -n "${BASE_SHA:-}" ]; then pull=true; fi
case ${GITHUB_EVENT_NAME:-} in
  pull_request | pull_request_target | merge_group)
    is_commit "${BASE_SHA:-}" || fail "the event names no commit that this change is based on: set \`trust-ref\` and \`since\` yourself"
    ;;
esac

# What decides comes from the tip of the target branch, whatever was checked out: an older base brings back old rules, waivers and signers.
trust=${INPUT_TRUST_REF:-}
if [ "$trust" = auto ] && [ -n "${INPUT_CONFIG:-}" ] && ! ours "$(below "$INPUT_CONFIG")"; then
  trust=
  if [ "$pull" = true ]; then
    say warning "input \`config\` names a file outside of the repository: nothing is taken from the base of this change, neither rules, profiles and vendors nor waivers, baseline and signers. Protect that file, or put it into the repository"
  fi
elif [ "$trust" = auto ]; then
  trust=
  if [ "$pull" = true ]; then
    trust=$(target_tip)
    trust=${trust:-$BASE_SHA}
    available "$trust" || true # leaver says that it is missing, and what to do
  fi
fi

# What is new is what the checkout adds: to the target's tip if the merge commit is checked out, else to the commit of the event.
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

# What leaver itself writes about declarations is harmless in a log. What it says of the command line repeats the inputs, and the full
# text has lines of files in it: the runner is told to read no command there.
if [ -f "$temp/full.txt" ]; then cat "$temp/out.txt"; fi
mark=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::group::leaver: everything it has to say"
echo "::stop-commands::$mark"
if [ -f "$temp/full.txt" ]; then cat "$temp/full.txt"; else cat "$temp/out.txt"; fi
cat "$temp/err.txt"
echo
echo "::$mark::"
echo "::endgroup::"

if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$temp/summary.md" ]; then
  old=0
  if [ -f "$GITHUB_STEP_SUMMARY" ]; then old=$(wc -c <"$GITHUB_STEP_SUMMARY"); fi
  if [ $((old + $(wc -c <"$temp/summary.md"))) -lt $summary_limit ]; then
    cat "$temp/summary.md" >>"$GITHUB_STEP_SUMMARY"
  else
    say warning "no room in the job summary for the report: see the log"
  fi
fi

upload=false
if [ -f "$sarif" ]; then
  if [ -n "${INPUT_CATEGORY:-}" ]; then
    # The first, and outside of a text: quotes in a text are escaped.
    sed "s|\"automationDetails\":{\"id\":\"[^\"]*\"}|\"automationDetails\":{\"id\":\"$INPUT_CATEGORY/\"}|" "$sarif" >"$sarif.new"
    mv "$sarif.new" "$sarif"
  fi
  if [ "$(gzip -c "$sarif" | wc -c)" -le $sarif_limit ]; then
    upload=true
  else
    say warning "the SARIF file is larger than code scanning takes: it is not uploaded"
  fi
  tell sarif "$sarif"
  tell json "$json"
fi
tell upload "$upload"
# Windows: the next step is no shell and wants a path of the system.
if command -v cygpath >/dev/null; then top=$(cygpath -m "$top"); fi
tell root "$top"
tell status "$status"

case $status in
  0 | 1) ;;
  2) if [ ! -f "$sarif" ]; then say error "leaver did not understand its options: see the log of this step"; fi ;;
  3) say error "nothing to check: there is no declaration here, or no rule ran" ;;
  *) say error "leaver ended with status $status" ;;
esac
exit "$status"
