# METADATA
# title: Agent with full access
# description: A prompt injection in a text that the agent reads can make the agent use any of its permissions. Only narrow permissions limit
#   the agent to its task.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `scopes` to the permissions that the agent's task needs, and remove the others in the app.
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
	message := sprintf("%s: the agent `%s` has the broad permission `%s`", [input.metadata.name, item.name, scope])
}

findings contains {"path": ["spec", "nonHuman", at, "scopes"], "message": message} if {
	some at, item in _agents
	not _listed(item)
	message := sprintf("%s: the agent `%s` has no `scopes`, so its permissions are unknown", [input.metadata.name, item.name])
}
