# METADATA
# title: Tokens outlive the person
# description: In many apps personal access tokens and API keys go on working after the account is disabled. Whoever kept one is
#   still inside.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare `spec.lifecycle.revokeCredentials` with an owner and a way; if the app ends them itself, say so with `via`
#     of that stage.
#   controls:
#     nist-800-53: [PS-4b, IA-5d, AC-2l]
#     pci-dss: ["8.2.5"]
#     owasp-nhi: [NHI1]
package policies.leaver["credentials-survive"]

import data.policies.lib.apps

# [key at fault, what is wrong]: nobody answers for it, or nothing does it.
_fault := ["owner", "nobody revokes them when they leave"] if not apps.owned("revokeCredentials")

_fault := ["via", "nothing says how they are revoked when somebody leaves"] if {
	apps.owned("revokeCredentials")
	not input.spec.lifecycle.revokeCredentials.via
}

_fault := ["via", "nothing revokes them when somebody leaves"] if {
	apps.owned("revokeCredentials")
	input.spec.lifecycle.revokeCredentials.via == "none"
}

findings contains {"path": ["spec", "lifecycle", "revokeCredentials", key], "message": message} if {
	apps.alive
	input.spec.issuesTokens == true
	some [key, what] in [_fault]
	message := sprintf("%s: people make tokens here, and %s", [input.metadata.name, what])
}
