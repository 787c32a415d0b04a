# METADATA
# title: Agent without a sponsor
# description: An AI agent decides by itself what it does with its access. Somebody who knows its task has to answer for that, beside the team
#   that runs it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name the team that uses the agent and answers for what it does in `sponsor` of the entry in `spec.nonHuman`.
#   controls:
#     nist-800-53: [AC-2b]
#     owasp-nhi: [NHI1]
package policies.agent["no-sponsor"]

import data.policies.lib.credentials

findings contains {"path": ["spec", "nonHuman", at, "sponsor"], "message": message} if {
	some at, item in credentials.live
	item.kind == "agent"
	not item.sponsor
	message := sprintf("%s: nobody answers for what the agent `%s` does", [input.metadata.name, item.name])
}
