# METADATA
# title: Agent without an off switch
# description: A faulty agent does damage faster than people can react. People on call must be able to stop the agent without reading its code.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare in `offSwitch` of the entry in `spec.nonHuman` how a person on call stops the agent at once.
#   controls:
#     nist-800-53: [AC-2f, "AC-2(13)"]
#     owasp-nhi: [NHI1]
package policies.agent["no-off-switch"]

import data.policies.lib.credentials

findings contains {"path": ["spec", "nonHuman", at, "offSwitch"], "message": message} if {
	some at, item in credentials.live
	item.kind == "agent"
	not item.offSwitch
	message := sprintf("%s: the agent `%s` has no `offSwitch`", [input.metadata.name, item.name])
}
