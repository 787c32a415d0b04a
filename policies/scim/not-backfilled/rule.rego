# METADATA
# title: Older accounts that SCIM does not manage
# description: Many apps let SCIM manage only what SCIM made. Accounts that sign-in or an administrator made before have no SCIM
#   identity, cannot be deactivated by it, and look managed.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Link the existing accounts, and declare the day in `spec.provisioning.scim.backfilled`.
#   controls:
#     nist-800-53: [AC-2j]
#     soc2: [CC6.2.2]
package policies.scim["not-backfilled"]

import data.policies.lib.apps

findings contains {"path": ["spec", "provisioning", "scim", "backfilled"], "message": message} if {
	apps.alive
	apps.created_by_jit
	input.spec.lifecycle.deprovision.via == "scim"
	not input.spec.provisioning.scim.backfilled
	message := sprintf("%s: sign-in makes accounts and SCIM is to end them, but nobody says that SCIM knows them", [input.metadata.name])
}
