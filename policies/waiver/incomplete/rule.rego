# METADATA
# title: Incomplete waiver
# description: An exception without a reason, an approver and an end is no decision but a habit. leaver does not apply it, so the finding that
#   it was written for still counts. One that only lacks an owner or its first day is applied, but nobody can judge it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: Waiver
#   fix: Fill in `rule`, `apps` (or `labels`, `vendor` or `pattern`, with `maxApps`), `reason`, `approver`, `owner`,
#     `from` and `expires`; `leaver waive` writes all of them.
#   controls:
#     nist-800-53: [CA-5]
#     iso-27001: [A.5.36, A.8.32]
#     pci-dss: [Appendix-B]
package policies.waiver.incomplete

import data.policies.lib.waivers

_needed := ["rule", "apps", "maxApps", "reason", "approver", "expires"]

_open if waivers.is_open(input)

_said("apps") if count(input.spec.apps) > 0

_said("apps") if _open

_said("maxApps") if not _open

_said("maxApps") if input.spec.maxApps

_said(key) if {
	not key in ["apps", "maxApps"]
	trim_space(input.spec[key]) != ""
}

_missing := [key |
	some key in _needed
	not _said(key)
]

findings contains {"path": ["spec", _missing[0]], "message": message} if {
	count(_missing) > 0
	message := sprintf("%s: the waiver does not say `%s`, so it waives nothing", [input.metadata.name, concat("`, `", _missing)])
}

# The engine applies it without these two, but nobody can judge whether its approver fixes the finding as well, or how long it lasts: each weighs
# as much as that.
findings contains {"path": ["spec", "owner"], "message": message} if {
	count(_missing) == 0
	not _said("owner")
	message := sprintf("%s: the waiver does not say `owner`, so nobody fixes the finding before it ends", [input.metadata.name])
}

findings contains {"path": ["spec", "from"], "message": message, "severity": "warning"} if {
	count(_missing) == 0
	not _said("from")
	message := sprintf("%s: the waiver does not say `from`, so nobody knows how long it lasts", [input.metadata.name])
}
