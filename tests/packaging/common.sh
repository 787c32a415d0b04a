# The packaging scripts source this file. It sets root, leaver and work.
# shellcheck shell=bash
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034 # used by the scripts that source this
leaver=$root/target/debug/leaver
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# The author of commits in test repositories.
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.com
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 LEAVER_TODAY=2026-11-25

# Runs a check. Arguments: a description, and a command that must succeed.
expect() {
  local sentence=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'failed: %s\n' "$sentence"
    if [ -n "${shown:-}" ] && [ -f "$shown" ]; then head -n 40 "$shown" | sed 's/^/  | /'; fi
  fi
}
is() { [ "$1" = "$2" ] || { printf '  %s instead of %s\n' "$1" "$2"; return 1; }; }
has() { grep -qF -e "$2" "$1"; }
lacks() { ! grep -qF -e "$2" "$1"; }

# Prints the last line of a script and sets its exit status.
conclude() {
  printf '%s: %s passed, %s failed\n' "$(basename "$0" .sh)" "$passed" "$failed"
  [ "$failed" = 0 ]
}

missing() { echo "not checked: $*"; }

# Installs the Python tools of requirements.txt once under target/. Fails if that is impossible.
tools() {
  local folder=$root/target/packaging-tools
  bin=$folder/bin
  cmp -s "$root/tests/packaging/requirements.txt" "$folder/done" && return 0
  rm -rf "$folder"
  { python3 -m venv "$folder" && "$bin/pip" install --quiet -r "$root/tests/packaging/requirements.txt"; } >"$work/pip.txt" 2>&1 || {
    tail -n 3 "$work/pip.txt"
    return 1
  }
  cp "$root/tests/packaging/requirements.txt" "$folder/done"
}

# Installs a Debian package if possible: COMMAND PACKAGE.
debian() {
  command -v "$1" >/dev/null && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get install -y -qq "$2" || { apt-get update -qq && apt-get install -y -qq "$2"; }; } >/dev/null 2>&1 || true
  fi
  command -v "$1" >/dev/null
}

# Print declarations with the name $1: an app with one error and one warning, a clean app, and a team.
faulty() {
  cat <<YAML
apiVersion: leaver/v1
kind: App
metadata: {name: $1, owner: it, vendor: in-house}
spec:
  signOn: {assignmentRequired: true, protocol: kerberos}
  sourceOfTruth: workday
  provisioning: {mode: jit, jit: {expiresAfterDays: 30, defaultRole: viewer, matchKey: objectGUID, roleSync: none, refusesSuspended: true}}
  lifecycle:
    deprovision: {via: ticket, queue: IT, owner: it, slaHours: 24, effect: delete, evidence: ticket}
    revokeSessions: {via: ticket, queue: IT, owner: it, slaHours: 24}
    review: {owner: it, everyDays: 90, via: ticket, queue: IT, last: 2026-11-01, covers: [users, admins], onSilence: revoke, selfReview: false}
    transfer: {owner: it, toManager: true, via: ticket, queue: IT, slaHours: 72}
    reconcile: {owner: it, everyDays: 30, via: ticket, queue: IT, last: 2026-11-01}
  tier: 3
  dataClass: internal
  populations: [employees]
  roleChurn: low
  seats: flat
  issuesTokens: false
  roles: []
  breakGlass: []
  nonHuman: []
  thirdPartyGrants: []
  localAccounts: {none: true, checkedOn: 2026-09-01}
YAML
}
clean() { printf 'apiVersion: leaver/v1\nkind: App\nmetadata: {name: %s, owner: it, vendor: in-house}\nspec: {tier: 4, dataClass: public, nonHuman: [], thirdPartyGrants: [], provisioning: {mode: none}}\n' "$1"; }
team() { printf 'apiVersion: leaver/v1\nkind: Team\nmetadata: {name: %s}\nspec: {members: [ada@example.com, grace@example.com]}\n' "$1"; }
