# METADATA
# title: Owner who reviews what it gives itself
# description: A team that gives the rights and reviews them finds what it did to be right. Somebody else has to look. At tier 1 that is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name another team in `spec.lifecycle.review.owner`.
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
		"kind": "App", "name": input.metadata.name, "path": ["spec", "lifecycle", "entitle", "owner"], "message": "gives the rights",
	}]
	message := sprintf("%s: `%s` both gives the rights and reviews them", [input.metadata.name, _reviewer])
}

# Stages that give, change or end access.
_acting := {stage |
	some stage, _ in input.spec.lifecycle
	stage in {"create", "update", "entitle", "deprovision", "remove", "reactivate"}
}

_of_another contains stage if {
	some stage in _acting
	some owner in [input.spec.lifecycle[stage].owner]
	owner != _reviewer
}

# Another team gives the access and does everything else with it.
_others_act if {
	"create" in _acting
	count(_acting - _of_another) == 0
}

# Where no stage says who gives the rights, it is the owner of the app.
findings contains {"path": ["spec", "lifecycle", "review", "owner"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	not input.spec.lifecycle.entitle.owner
	not _others_act
	_reviewer == input.metadata.owner
	related := [{"kind": "App", "name": input.metadata.name, "path": ["metadata", "owner"], "message": "owns the app"}]
	message := sprintf("%s: `%s` both owns the app and reviews the access to it", [input.metadata.name, _reviewer])
}

default _severity := "warning"

_severity := "error" if apps.tier == 1
