# METADATA
# title: Nobody owns the closing of accounts
# description: Every app has leavers. Where nobody owns the stage that closes their accounts, it is done by whoever notices.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name the team in `spec.lifecycle.deprovision.owner`.
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
#     iso-27001: [A.5.18, A.6.5]
#     pci-dss: ["8.2.5"]
#     cis-v8: ["6.2"]
package policies.leaver["no-deprovision-owner"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "deprovision", "owner"], "message": message} if {
	apps.alive
	input.spec.lifecycle
	not apps.created_by_jit
	not apps.owned("deprovision")
	not apps.owned("remove")
	not _nothing_there
	message := sprintf("%s: nobody owns the closing of accounts", [input.metadata.name])
}

# Pushed accounts without any such stage: `scim/no-deactivation` says it.
_nothing_there if {
	input.spec.lifecycle.create.via in {"scim", "connector"}
	not input.spec.lifecycle.deprovision
	not input.spec.lifecycle.remove
}
