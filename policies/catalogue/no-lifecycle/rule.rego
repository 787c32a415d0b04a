# METADATA
# title: App that declares no lifecycle
# description: The declaration says nothing about what becomes of the accounts. Nobody owns the change, the closing or the review of a single
#   one.
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

_comes := sprintf("accounts are provisioned by `%s`", [apps.mode]) if apps.mode != ""

_comes := "nothing says how accounts come into the app" if apps.mode == ""

findings contains {"path": ["spec", "lifecycle"], "message": message} if {
	apps.has_accounts
	not input.spec.lifecycle
	not apps.created_by_jit
	message := sprintf("%s: %s, and no stage of their life is declared", [input.metadata.name, _comes])
}
