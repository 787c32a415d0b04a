# METADATA
# title: Agent with full access
# description: An agent tries what it is allowed to try, and a text that it reads can tell it to. The list of its permissions is the only thing
#   that keeps it to its task.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: List in `scopes` the permissions that the task of the agent needs, and take the others away in the app.
#   controls:
#     nist-800-53: [AC-6]
#     owasp-nhi: [NHI5]
package policies.agent["unlimited-scope"]

import data.policies.lib.credentials

_agents[at] := item if {
	some at, item in credentials.live
	item.kind == "agent"
}

_listed(item) if count(item.scopes) > 0

findings contains {"path": ["spec", "nonHuman", at, "scopes", nth], "message": message} if {
	some at, item in _agents
	some nth, scope in item.scopes
	credentials.broad(scope)
	message := sprintf("%s: the agent `%s` has the permission `%s`", [input.metadata.name, item.name, scope])
}

findings contains {"path": ["spec", "nonHuman", at, "scopes"], "message": message} if {
	some at, item in _agents
	not _listed(item)
	message := sprintf("%s: nothing lists what the agent `%s` may do", [input.metadata.name, item.name])
}
