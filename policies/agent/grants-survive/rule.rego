# METADATA
# title: Consents that survive an agent
# description: People let an agent act for them in other products. If the agent is deleted, its tokens are deleted too, but the consent of these
#   people stays. The next agent with the same OAuth client can use the consent without asking. At tier 1, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Add `agentConsents` to `covers` of `spec.lifecycle.revokeCredentials`, or list in `holds` the grants of the agent and declare in
#     `offboarding` of each entry of `spec.thirdPartyGrants` how the consent is revoked. `holds: []` states that the agent has none."
#   controls:
#     nist-800-53: [AC-2f, PS-4b]
#     owasp-nhi: [NHI1]
package policies.agent["grants-survive"]

import data.policies.lib.apps
import data.policies.lib.credentials
import data.policies.lib.mechanisms

# A stage revokes the consents that people gave to agents.
_covered if {
	mechanisms.done("revokeCredentials")
	count({"agentConsents", "oauthGrants"} & {kind | some kind in input.spec.lifecycle.revokeCredentials.covers}) > 0
}

_agents[at] := item if {
	some at, item in credentials.live
	item.kind == "agent"
	not _covered
}

_can_hold_consents if "agentConsents" in input.spec.issues

_can_hold_consents if count(credentials.grants) > 0

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "nonHuman", at, "holds"], "message": message, "severity": _severity} if {
	some at, item in _agents
	_can_hold_consents
	not item.holds
	message := sprintf("%s: the agent `%s` has no `holds`, so its consents are unknown and survive its deletion", [
		input.metadata.name, item.name,
	])
}

_revoked_where_given(name) if {
	some grant in input.spec.thirdPartyGrants
	grant.name == name
	grant.offboarding
}

# A grant that was already revoked needs no `offboarding`.
_revoked_where_given(name) if {
	some grant in input.spec.thirdPartyGrants
	grant.name == name
	grant.revokedOn <= data.leaver.today
}

findings contains {"path": ["spec", "nonHuman", at, "holds", nth], "message": message, "severity": _severity} if {
	some at, item in _agents
	some nth, name in item.holds
	not _revoked_where_given(name)
	message := sprintf("%s: the agent `%s` holds the grant `%s`, but no `offboarding` declares how the grant is revoked", [input.metadata.name, item.name, name])
}
