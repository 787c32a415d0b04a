# METADATA
# title: Incomplete waiver
# description: An exception without a reason, an approver and an end is no decision but a habit. leaver does not apply it, so the finding that
#   it was written for still counts.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: Waiver
#   fix: Fill in `rule`, `apps` (or `labels`, `vendor` or `pattern`, with `maxApps`), `reason`, `approver` and `expires`; `leaver waive` asks for all of them.
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

# The engine applies it without these two, but nobody can judge how long it lasts, or whether its approver fixes the finding as well.
findings contains {"path": ["spec", key], "message": message} if {
	count(_missing) == 0
	some key, what in {"owner": "nobody fixes the finding before it ends", "from": "nobody knows how long it lasts"}
	not _said(key)
	message := sprintf("%s: the waiver does not say `%s`, so %s", [input.metadata.name, key, what])
}
