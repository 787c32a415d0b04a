# METADATA
# title: SCIM credential that nobody declared
# description: The credential of the SCIM client can write every account of the tenant. If it is not among the declared
#   credentials it has no owner, no expiry and no rotation, and it stops the offboarding on the day it lapses.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare it under `spec.nonHuman` with the name that `credential` gives, or mend the name.
#   controls:
#     nist-800-53: [IA-5, IA-4]
#     cis-v8: ["5.5"]
#     owasp-nhi: [NHI1]
package policies.scim["undeclared-credential"]

import data.policies.lib.apps

_declared contains identity.name if some identity in input.spec.nonHuman

findings contains {"path": ["spec", "provisioning", block, "credential"], "message": message} if {
	apps.alive
	some block in ["scim", "connector", "directory", "hr"]
	some credential in [input.spec.provisioning[block].credential]
	not credential in _declared
	message := sprintf("%s: the credential `%s` of the %s sync is not declared under `nonHuman`", [input.metadata.name, credential, block])
}
