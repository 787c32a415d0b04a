# METADATA
# title: JIT and SCIM match by different keys
# description: If sign-in finds a person by one attribute and SCIM by another, a change of name or address makes a second account,
#   which SCIM cannot suspend.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Use one immutable key (`externalId`, employee number) for both, and declare it in `matchKey`.
#   controls:
#     nist-800-53: [IA-4c, IA-4d]
#     pci-dss: ["8.2.1"]
package policies.hybrid["match-key-differs"]

import data.policies.lib.apps

findings contains {"path": ["spec", "provisioning", "scim", "matchKey"], "message": message} if {
	apps.alive
	apps.created_by_jit
	jit := input.spec.provisioning.jit.matchKey
	scim := input.spec.provisioning.scim.matchKey
	jit != scim
	message := sprintf("%s: sign-in matches by `%s`, SCIM by `%s`", [input.metadata.name, jit, scim])
}
