# METADATA
# title: Credential without an end
# description: A secret without an end date works for whoever has ever seen it, until somebody thinks of it. Where it is at least replaced at
#   an interval that is a warning.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Give the secret an end date and write it in `expires`. Where the app knows none, declare `neverExpires` and `rotateEveryDays`, and have it waived.
#   controls:
#     nist-800-53: [IA-5f]
#     pci-dss: ["8.6.3"]
#     owasp-nhi: [NHI7]
package policies.credential["never-expires"]

import data.policies.lib.credentials

# [place, credential, key] of those that are said to have no end, or of which no end is known.
_endless contains [at, item, "neverExpires"] if {
	some at, item in _secrets
	item.neverExpires == true
}

_endless contains [at, item, "expires"] if {
	some at, item in _secrets
	not item.neverExpires == true
	not item.expires
}

# Agents have a rule of their own.
_secrets[at] := item if {
	some at, item in credentials.live
	not credentials.secretless(item)
	not item.kind == "agent"
}

findings contains {"path": ["spec", "nonHuman", at, key], "message": message} if {
	some [at, item, key] in _endless
	not item.rotateEveryDays
	message := sprintf("%s: the credential `%s` has no end date, and nothing replaces it", [input.metadata.name, item.name])
}

findings contains {"path": ["spec", "nonHuman", at, key], "message": message, "severity": "warning"} if {
	some [at, item, key] in _endless
	item.rotateEveryDays
	message := sprintf("%s: the credential `%s` has no end date and counts on being replaced every %d days", [
		input.metadata.name, item.name, item.rotateEveryDays,
	])
}
