# METADATA
# title: Outdated sign-off
# description: The app was changed after the reviewer signed it, so nobody has reviewed the current declaration. Even a small change counts.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have the change reviewed; `leaver signoff prepare APP` shows it beside the signed version. For later sign-offs, list
#     fields that do not matter in `signoff.immaterial` of leaver.yaml.
#   controls:
#     nist-800-53: [CM-3b, CM-3f, CA-6]
#     iso-27001: [A.5.36, A.8.32]
#     soc2: [CC8.1/Authorizes-Changes]
package policies.signoff.stale

import data.policies.lib.secrets
import data.policies.lib.signoffs

# The message and the related places show only the first changes.
findings contains {"path": path, "message": message, "related": related} if {
	count(signoffs.requirements) > 0
	some record in signoffs.failed("stale")
	path := record.changes.material[0].path
	name := input.metadata.name
	changes := [{"path": change.path, "text": text} | some change in record.changes.material; text := _text(change)]
	related := [{"kind": "App", "name": name, "path": change.path, "message": change.text} |
		some at, change in changes
		at > 0
		at < 20
	]
	message := sprintf("%s: %s since the sign-off by %s: %s", [
		name, _counted(count(changes)), signoffs.by(record),
		concat("; ", [change.text | some change in array.slice(changes, 0, 3)]),
	])
}

_counted(number) := "1 change" if number == 1

_counted(number) := sprintf("%d changes", [number]) if number != 1

_text(change) := sprintf("%s was %s, is now %s", [change.place, _value_text(change.was), _value_text(change.now)])

_text(change) := sprintf("%s was %s, is now missing", [change.place, _value_text(change.was)]) if not change.now

_text(change) := sprintf("%s is new: %s", [change.place, _value_text(change.now)]) if not change.was

_text(change) := "the declaration cannot be compared" if change.place == ""

# The message does not show a secret; `credential/secret-in-file` reports it.
_value_text(text) := "a secret" if _secret(text)

_value_text(text) := sprintf("`%s`", [text]) if not _secret(text)

_secret(text) if count(secrets.kinds(text)) > 0

_secret(text) if secrets.random(text)
