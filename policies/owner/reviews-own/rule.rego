# METADATA
# title: Owner who reviews its own grants
# description: A team that reviews the rights it granted will confirm them. The review needs another team. At tier 1, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.review.owner` to another team.
#   controls:
#     nist-800-53: [AC-5]
#     iso-27001: [A.5.3]
#     soc2: [CC6.3]
#     nist-csf: [PR.AA-05]
package policies.owner["reviews-own"]

import data.policies.lib.apps

_reviewer := input.spec.lifecycle.review.owner

findings contains {"path": ["spec", "lifecycle", "review", "owner"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	_reviewer == input.spec.lifecycle.entitle.owner
	related := [{
		"kind": "App", "name": input.metadata.name, "path": ["spec", "lifecycle", "entitle", "owner"], "message": "grants the rights",
	}]
	message := sprintf("%s: `%s` both grants the rights and reviews them", [input.metadata.name, _reviewer])
}

# Stages that grant, change or end access.
_acting := {stage |
	some stage, _ in input.spec.lifecycle
	stage in {"create", "update", "entitle", "deprovision", "remove", "reactivate"}
}

_owned_by_others contains stage if {
	some stage in _acting
	some owner in [input.spec.lifecycle[stage].owner]
	owner != _reviewer
}

# Other teams create the accounts and own every declared stage that grants, changes or ends access.
_others_act if {
	"create" in _acting
	count(_acting - _owned_by_others) == 0
}

# If `entitle` has no owner, the owner of the app grants the rights.
findings contains {"path": ["spec", "lifecycle", "review", "owner"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	not input.spec.lifecycle.entitle.owner
	not _others_act
	_reviewer == input.metadata.owner
	related := [{"kind": "App", "name": input.metadata.name, "path": ["metadata", "owner"], "message": "owns the app"}]
	message := sprintf("%s: `%s` both owns the app and reviews its access", [input.metadata.name, _reviewer])
}

default _severity := "warning"

_severity := "error" if apps.tier == 1
