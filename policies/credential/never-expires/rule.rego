# METADATA
# title: Credential without an end date
# description: Everyone who ever saw a secret without an end date can use it until it is revoked. If the app supports no end date, the secret needs
#   another limit and a review.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Give the secret an end date and set `expires`. If the app supports none, set `neverExpires: true`, or `expiryUnknown: true` if the
#     vendor does not document the end; then set `rotateEveryDays` or `compensatedBy`, and `reviewEveryDays`."
#   controls:
#     nist-800-53: [IA-5f]
#     pci-dss: ["8.6.3"]
#     owasp-nhi: [NHI7]
package policies.credential["never-expires"]

import data.policies.lib.credentials

# [index, credential, key] of credentials without an end, or with an unknown end.
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

# `agent/no-end-date` checks agents.
_secrets[at] := item if {
	some at, item in credentials.live
	not credentials.secretless(item)
	not item.kind == "agent"
}

_end_text := {
	"neverExpires": "never expires",
	"expiryUnknown": "ends on a day that the vendor does not document",
	"expires": "has no end date",
}

# Nobody can declare an end that the vendor does not document, so `expiryUnknown` is only a warning.
_severity := {"neverExpires": "error", "expiryUnknown": "warning", "expires": "error"}

_has_other_limit(item) if item.rotateEveryDays

_has_other_limit(item) if item.compensatedBy

_reviewed(item) if item.reviewEveryDays

_reviewed(_) if {
	"nonHuman" in input.spec.lifecycle.review.covers
	input.spec.lifecycle.review.everyDays
}

findings contains {"path": ["spec", "nonHuman", at, key], "message": message, "severity": severity} if {
	some [at, item, key] in _endless
	not _has_other_limit(item)
	severity := _severity[key]
	message := sprintf("%s: the credential `%s` %s, and neither rotation nor another control limits it", [input.metadata.name, item.name, _end_text[key]])
}

findings contains {"path": ["spec", "nonHuman", at, "expires"], "message": message, "severity": "warning"} if {
	some [at, item, key] in _endless
	_has_other_limit(item)
	key == "expires"
	message := sprintf("%s: the credential `%s` does not declare whether it ends (`expires`)", [input.metadata.name, item.name])
}

findings contains {"path": ["spec", "nonHuman", at, key], "message": message, "severity": "warning"} if {
	some [at, item, key] in _endless
	_has_other_limit(item)
	key != "expires"
	not _reviewed(item)
	message := sprintf("%s: the credential `%s` %s, and its limit is not reviewed", [
		input.metadata.name, item.name, _end_text[key],
	])
}
