# METADATA
# title: App that declares no lifecycle
# description: The declaration says how accounts come into the app and nothing about what becomes of them. Nobody owns the change,
#   the closing or the review of a single one.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Declare `spec.lifecycle`: at least who creates, updates, deprovisions and reviews accounts, and by what."
#   controls:
#     nist-800-53: ["AC-2f", "PS-4a"]
#     iso-27001: ["A.5.18", "A.6.5"]
#     pci-dss: ["8.2.5"]
#     cis-v8: ["6.2"]
package policies.catalogue["no-lifecycle"]

import data.policies.lib.apps

_accountless := {"none", "shared"}

_planned if input.spec.status == "planned"

_skipped if input.spec.provisioning.mode in _accountless

findings contains {"path": ["spec", "lifecycle"], "message": message} if {
	apps.alive
	some mode in [input.spec.provisioning.mode]
	not input.spec.lifecycle
	not apps.created_by_jit
	not _skipped
	not _planned
	message := sprintf("%s: accounts are provisioned by `%s`, and no stage of their life is declared", [input.metadata.name, mode])
}
