# METADATA
# title: Access is kept when the reviewer does not answer
# description: If access is kept when the reviewer does not answer, ignoring the review is the easiest choice, and the review finds nothing.
#   An escalation without a target, or back to the same team, has the same effect.
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
	message := sprintf("%s: when the reviewer does not answer, all access is kept (`onSilence: keep`)", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "review", "escalateTo"], "message": message} if {
	apps.alive
	input.spec.lifecycle.review.onSilence == "escalate"
	not input.spec.lifecycle.review.escalateTo
	message := sprintf("%s: when the reviewer does not answer, the review is escalated, but `escalateTo` is missing", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "review", "escalateTo"], "message": message, "related": related} if {
	apps.alive
	input.spec.lifecycle.review.onSilence == "escalate"
	some team in [input.spec.lifecycle.review.escalateTo]
	team == input.spec.lifecycle.review.owner
	related := [{
		"kind": "App", "name": input.metadata.name, "path": ["spec", "lifecycle", "review", "owner"], "message": "the reviewer",
	}]
	message := sprintf("%s: when `%s` does not answer, the review is escalated to the same team", [input.metadata.name, team])
}
