# METADATA
# title: Sign-off of something else
# description: The app was changed after the reviewer signed it. What was looked at is not what runs, however small the change seems to
#   whoever made it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Have the change reviewed; `leaver signoff prepare APP` shows it beside what was signed. Fields that do not matter can be named in
#     `signoff.immaterial` of leaver.yaml, for the sign-offs to come.
#   controls:
#     nist-800-53: [CM-3b, CM-3f, CA-6]
#     iso-27001: [A.5.36, A.8.32]
#     soc2: [CC8.1/Authorizes-Changes]
package policies.signoff.stale

import data.policies.lib.secrets
import data.policies.lib.signoffs

# Of many changes the message and the related places show the first.
findings contains {"path": path, "message": message, "related": related} if {
	count(signoffs.requirements) > 0
	some record in signoffs.failed("stale")
	path := record.changes.material[0].path
	name := input.metadata.name
	told := [{"path": change.path, "text": text} | some change in record.changes.material; text := _text(change)]
	related := [{"kind": "App", "name": name, "path": one.path, "message": one.text} |
		some at, one in told
		at > 0
		at < 20
	]
	message := sprintf("%s: %s since the sign-off by %s: %s", [
		name, _counted(count(told)), signoffs.by(record),
		concat("; ", [one.text | some one in array.slice(told, 0, 3)]),
	])
}

_counted(number) := "1 change" if number == 1

_counted(number) := sprintf("%d changes", [number]) if number != 1

_text(change) := sprintf("%s was %s, is %s", [change.place, _shown(change.was), _shown(change.now)])

_text(change) := sprintf("%s was %s, is gone", [change.place, _shown(change.was)]) if not change.now

_text(change) := sprintf("%s is new: %s", [change.place, _shown(change.now)]) if not change.was

_text(change) := "the declaration cannot be compared" if change.place == ""

# A secret in a declaration is the finding of another rule, and is not repeated here.
_shown(text) := "a secret" if _secret(text)

_shown(text) := sprintf("`%s`", [text]) if not _secret(text)

_secret(text) if count(secrets.kinds(text)) > 0

_secret(text) if secrets.random(text)
