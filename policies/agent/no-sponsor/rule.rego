# METADATA
# title: Agent without a sponsor
# description: An AI agent decides how it uses its access. The team that uses the agent must be accountable for its actions, in addition to
#   the team that runs it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `sponsor` of the entry in `spec.nonHuman` to the team that uses the agent and is accountable for what it does.
#   controls:
#     nist-800-53: [AC-2b]
#     owasp-nhi: [NHI1]
package policies.agent["no-sponsor"]

import data.policies.lib.credentials

findings contains {"path": ["spec", "nonHuman", at, "sponsor"], "message": message} if {
	some at, item in credentials.live
	item.kind == "agent"
	not item.sponsor
	message := sprintf("%s: the agent `%s` has no `sponsor`", [input.metadata.name, item.name])
}
