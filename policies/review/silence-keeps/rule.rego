# METADATA
# title: Silence keeps the access
# description: If everything stays as it is when the reviewer does not answer, not answering is the easiest review, and it finds nothing. An
#   escalation to nobody, or back to the team that stayed silent, comes to the same.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.review.onSilence` to `revoke`, or to `escalate` with another team in `escalateTo`.
#   controls:
#     nist-800-53: [AC-2j, "AC-6(7)(b)"]
#     soc2: [CC6.3/Reviews-Access-Roles-and-Rules]
package policies.review["silence-keeps"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "review", "onSilence"], "message": message} if {
	apps.alive
	input.spec.lifecycle.review.onSilence == "keep"
	message := sprintf("%s: when the reviewer does not answer, everybody keeps their access", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "review", "escalateTo"], "message": message} if {
	apps.alive
	input.spec.lifecycle.review.onSilence == "escalate"
	not input.spec.lifecycle.review.escalateTo
	message := sprintf("%s: when the reviewer does not answer, the review is escalated to nobody", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "review", "escalateTo"], "message": message, "related": related} if {
	apps.alive
	input.spec.lifecycle.review.onSilence == "escalate"
	some team in [input.spec.lifecycle.review.escalateTo]
	team == input.spec.lifecycle.review.owner
	related := [{
		"kind": "App", "name": input.metadata.name, "path": ["spec", "lifecycle", "review", "owner"], "message": "the reviewer",
	}]
	message := sprintf("%s: when `%s` does not answer, the review is escalated to `%s`", [input.metadata.name, team, team])
}
