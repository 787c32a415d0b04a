# METADATA
# title: Silence keeps the access
# description: If a reviewer who does not answer leaves everything as it is, not answering is the easiest review, and the review
#   finds nothing.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.lifecycle.review.onSilence` to `revoke`, or to `escalate` with `escalateTo`.
#   controls:
#     soc2: [CC6.3.4]
package policies.review["silence-keeps"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "review", "onSilence"], "message": message} if {
	apps.alive
	input.spec.lifecycle.review.onSilence == "keep"
	message := sprintf("%s: a reviewer who does not answer keeps everybody's access", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "review", "escalateTo"], "message": message} if {
	apps.alive
	input.spec.lifecycle.review.onSilence == "escalate"
	not input.spec.lifecycle.review.escalateTo
	message := sprintf("%s: a silent review is escalated, but to nobody", [input.metadata.name])
}
