# METADATA
# title: Incomplete waiver
# description: leaver does not apply a waiver without a reason, an approver or an end, so it still reports the finding. leaver applies a waiver that
#   lacks only its owner or first day, but nobody can review such a waiver.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: Waiver
#   fix: Set `rule`, `apps` (or `labels`, `vendor` or `pattern`, with `maxApps`), `reason`, `approver`, `owner`, `from` and `expires`;
#     `leaver waive` writes all of them.
#   controls:
#     nist-800-53: [CA-5]
#     iso-27001: [A.5.36, A.8.32]
#     pci-dss: [Appendix-B]
package policies.waiver.incomplete

import data.policies.lib.waivers

_needed := ["rule", "apps", "maxApps", "reason", "approver", "expires"]

_has_selector if waivers.is_open(input)

_has_key("apps") if count(input.spec.apps) > 0

_has_key("apps") if _has_selector

_has_key("maxApps") if not _has_selector

_has_key("maxApps") if input.spec.maxApps

_has_key(key) if {
	not key in ["apps", "maxApps"]
	trim_space(input.spec[key]) != ""
}

_missing := [key |
	some key in _needed
	not _has_key(key)
]

findings contains {"path": ["spec", _missing[0]], "message": message} if {
	count(_missing) > 0
	message := sprintf("%s: the waiver has no `%s`, so it is not applied", [input.metadata.name, concat("`, `", _missing)])
}

# leaver applies a waiver without these two keys, but `waiver/approver-is-owner` or `waiver/too-long` cannot check it. Each finding has the severity
# of the rule that cannot check the waiver.
findings contains {"path": ["spec", "owner"], "message": message} if {
	count(_missing) == 0
	not _has_key("owner")
	message := sprintf("%s: the waiver has no `owner`, so it is unclear who fixes the finding before it expires", [input.metadata.name])
}

findings contains {"path": ["spec", "from"], "message": message, "severity": "warning"} if {
	count(_missing) == 0
	not _has_key("from")
	message := sprintf("%s: the waiver has no `from`, so its duration is unknown", [input.metadata.name])
}
