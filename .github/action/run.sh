#!/usr/bin/env bash
# One run of leaver in a GitHub job: annotations and the full text in the log, job summary, SARIF, JSON, exit status.
# Input: INPUT_* (see action.yml), BASE_SHA and GitHub's own variables. Whatever stands in an input is one argument, never a script.
set -euo pipefail

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
cd -- "${GITHUB_WORKSPACE:-.}"
workspace=$(pwd -P)
folder=${INPUT_WORKING_DIRECTORY:-.}
case $folder in /*) ;; *) folder=./$folder ;; esac
[ -d "$folder" ] || fail "there is no folder \`${INPUT_WORKING_DIRECTORY:-.}\` (input \`working-directory\`): is the repository checked out?"
folder=$(cd -- "$folder" && pwd -P)
case $folder/ in "$workspace"/*) ;; *) fail "input \`working-directory\` leads out of the workspace" ;; esac
top=$(git -C "$folder" rev-parse --show-toplevel 2>/dev/null || true)
top=$(cd -- "${top:-$workspace}" && pwd -P)
case $top/ in "$workspace"/*) ;; *) top=$workspace ;; esac
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

# The commit that the pull request changes. A commit id, never a branch name: `origin` can be somebody's fork.
base() {
  local head
  head=$(git rev-parse --verify --quiet HEAD || true)
  # The merge commit that GitHub made: its first parent is newer than what the event says. A shallow clone still knows the id.
  if [ -n "$head" ] && [ "$head" = "${GITHUB_SHA:-}" ] && [[ ${GITHUB_REF:-} =~ ^refs/pull/[0-9]+/merge$ ]]; then
    git cat-file commit HEAD | sed -n '/^$/q; s/^parent //p' | head -n 1
  else
    printf '%s\n' "${BASE_SHA:-}"
  fi
}

# The value of an input that may say `auto`; fetches what a shallow clone lacks.
commit() {
  local wanted=$1
  if [ "$wanted" = auto ]; then
    wanted=
    if [ -n "${BASE_SHA:-}" ]; then wanted=$(base); fi
    if [ -n "$wanted" ] && ! git cat-file -e "$wanted^{commit}" 2>/dev/null; then
      git fetch --quiet --no-tags --depth=1 origin "$wanted" >&2 || true
    fi
  fi
  printf '%s' "$wanted"
}

options=()
option() { if [ -n "$2" ]; then options+=("$1=$2"); fi; }
trust=${INPUT_TRUST_REF:-}
if [ "$trust" = auto ] && [ -n "${INPUT_CONFIG:-}" ]; then trust=; fi
option --config "${INPUT_CONFIG:+$(below "$INPUT_CONFIG")}"
option --profile "${INPUT_PROFILE:-}"
option --fail-on "${INPUT_FAIL_ON:-}"
option --since "$(commit "${INPUT_SINCE:-}")"
option --trust-ref "$(commit "$trust")"
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
