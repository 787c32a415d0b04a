# METADATA
# title: Agent without an off switch
# description: An agent that goes wrong does so at the speed of a machine. Whoever is on call must know how to stop it without reading its code
#   first.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Say in `offSwitch` of the entry in `spec.nonHuman` how anybody on call stops the agent at once.
#   controls:
#     nist-800-53: [AC-2f, "AC-2(13)"]
#     owasp-nhi: [NHI1]
package policies.agent["no-off-switch"]

import data.policies.lib.credentials

findings contains {"path": ["spec", "nonHuman", at, "offSwitch"], "message": message} if {
	some at, item in credentials.live
	item.kind == "agent"
	not item.offSwitch
	message := sprintf("%s: nothing says how to stop the agent `%s`", [input.metadata.name, item.name])
}
