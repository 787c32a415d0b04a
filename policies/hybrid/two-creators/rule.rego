# METADATA
# title: Two ways create the same accounts
# description: Where both sign-in and SCIM create accounts, whoever comes first makes an account that the other does not know, and
#   the two overwrite each other.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Switch one of them off (`jit.creates: false`), or say which counts in `spec.provisioning.precedence`."
#   controls:
#     nist-800-53: [IA-4, AC-2e]
package policies.hybrid["two-creators"]

import data.policies.lib.apps

findings contains {"path": ["spec", "provisioning", "jit", "creates"], "message": message} if {
	apps.alive
	input.spec.provisioning.mode == "hybrid"
	apps.created_by_jit
	some operation in input.spec.provisioning.scim.operations
	operation == "create"
	not input.spec.provisioning.precedence
	message := sprintf("%s: both sign-in and SCIM create accounts, and nothing says which counts", [input.metadata.name])
}
