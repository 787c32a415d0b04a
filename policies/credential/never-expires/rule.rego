# METADATA
# title: Credential without an end
# description: A secret without an end date works for whoever has ever seen it, until somebody thinks of it. Where the app knows no end, something
#   else has to limit the secret, and somebody has to look at it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Give the secret an end date and write it in `expires`. Where the app knows none, declare `neverExpires: true`, or `expiryUnknown: true` if the
#     vendor decides and does not say; then replace the secret at an interval (`rotateEveryDays`) or say what limits it (`compensatedBy`), and
#     have it reviewed (`reviewEveryDays`)."
#   controls:
#     nist-800-53: [IA-5f]
#     pci-dss: ["8.6.3"]
#     owasp-nhi: [NHI7]
package policies.credential["never-expires"]

import data.policies.lib.credentials

# [place, credential, key] of those that are declared to have no end, or of which no end is known.
_endless contains [at, item, "neverExpires"] if {
	some at, item in _secrets
	item.neverExpires == true
}

_endless contains [at, item, "expiryUnknown"] if {
	some at, item in _secrets
	not item.neverExpires == true
	not item.expires
	item.expiryUnknown == true
}

_endless contains [at, item, "expires"] if {
	some at, item in _secrets
	not item.neverExpires == true
	not item.expires
	not item.expiryUnknown == true
}

# Agents have a rule of their own.
_secrets[at] := item if {
	some at, item in credentials.live
	not credentials.secretless(item)
	not item.kind == "agent"
}

_words := {
	"neverExpires": "never expires",
	"expiryUnknown": "ends on a day that the vendor has not documented",
	"expires": "has no end date",
}

# Nobody can declare an end that the vendor does not tell.
_severity := {"neverExpires": "error", "expiryUnknown": "warning", "expires": "error"}

_limited(item) if item.rotateEveryDays

_limited(item) if item.compensatedBy

_reviewed(item) if item.reviewEveryDays

_reviewed(_) if {
	"nonHuman" in input.spec.lifecycle.review.covers
	input.spec.lifecycle.review.everyDays
}

findings contains {"path": ["spec", "nonHuman", at, key], "message": message, "severity": severity} if {
	some [at, item, key] in _endless
	not _limited(item)
	severity := _severity[key]
	message := sprintf("%s: the credential `%s` %s, and nothing replaces or limits it", [input.metadata.name, item.name, _words[key]])
}

findings contains {"path": ["spec", "nonHuman", at, "expires"], "message": message, "severity": "warning"} if {
	some [at, item, key] in _endless
	_limited(item)
	key == "expires"
	message := sprintf("%s: nothing says whether the credential `%s` ends", [input.metadata.name, item.name])
}

findings contains {"path": ["spec", "nonHuman", at, key], "message": message, "severity": "warning"} if {
	some [at, item, key] in _endless
	_limited(item)
	key != "expires"
	not _reviewed(item)
	message := sprintf("%s: the credential `%s` %s, and nobody reviews whether what limits it is enough", [
		input.metadata.name, item.name, _words[key],
	])
}
