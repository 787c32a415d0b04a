# METADATA
# title: Privileged secret without a declared vault
# description: If nobody knows where a privileged secret is stored, nobody can change the secret when a person leaves or when the secret leaks, and
#   regular rotation skips it.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Store the secret in a vault, and set `vault` of the entry to its path there.
#   controls:
#     nist-800-53: [IA-5]
#     owasp-nhi: [NHI2]
package policies.credential["no-vault"]

import data.policies.lib.credentials

findings contains {"path": ["spec", "nonHuman", at, "vault"], "message": message} if {
	some at, item in credentials.live
	item.privileged == true
	not credentials.secretless(item)
	not credentials.expired(item)
	not item.vault
	message := sprintf("%s: the credential `%s` is privileged, but it is not declared where its secret is stored (`vault`)", [
		input.metadata.name, item.name,
	])
}
