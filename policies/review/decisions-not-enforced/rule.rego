# METADATA
# title: Review decisions are not enforced
# description: A review may end with a list of accounts to remove. If nobody removes these accounts, the next review and the auditor find them again.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare in `spec.lifecycle.review.enforcedBy` what removes the access (`via`), its `owner` and within how many hours (`slaHours`);
#     or set the `queue` of the review.
#   controls:
#     nist-800-53: ["AC-2j", "AC-6(7)"]
#     pci-dss: ["7.2.4"]
#     soc2: ["CC6.3"]
package policies.review["decisions-not-enforced"]

import data.policies.lib.apps

_review := input.spec.lifecycle.review

# These mechanisms only produce a list. A governance tool or an identity provider removes the access itself, and a queue assigns the removal to
# people.
_only_list := {"runbook", "admin", "vendor", "csv", "script"}

_missing contains "owner" if not _review.enforcedBy.owner

_missing contains "via" if not _review.enforcedBy.via

_missing contains "via" if _review.enforcedBy.via == "none"

_missing contains "slaHours" if not _timed

_timed if _review.enforcedBy.slaHours >= 0

findings contains {"path": ["spec", "lifecycle", "review", "enforcedBy"], "message": message} if {
	apps.alive
	_review.via in _only_list
	not _review.enforcedBy
	not _review.queue
	message := sprintf("%s: the review has `via: %s`, but no `enforcedBy`, so its decisions may not be carried out", [input.metadata.name, _review.via])
}

findings contains {"path": ["spec", "lifecycle", "review", "enforcedBy", min(_missing)], "message": message} if {
	apps.alive
	_review.enforcedBy
	count(_missing) > 0
	message := sprintf("%s: `enforcedBy` of the review has no `%s`", [
		input.metadata.name, concat("`, no `", sort(_missing)),
	])
}
