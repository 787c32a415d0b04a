# METADATA
# title: App without a lifecycle
# description: The app declares no lifecycle, so no team owns the update, the deprovisioning or the review of its accounts.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Declare `spec.lifecycle`: at least who creates, updates, deprovisions and reviews accounts (`owner`), and how (`via`)."
#   controls:
#     nist-800-53: ["AC-2f", "PS-4a"]
#     iso-27001: ["A.5.18", "A.6.5"]
#     pci-dss: ["8.2.5"]
#     cis-v8: ["6.2"]
package policies.catalogue["no-lifecycle"]

import data.policies.lib.apps

_mode_text := sprintf("accounts are provisioned by `%s`", [apps.mode]) if apps.mode != ""

_mode_text := "no provisioning mode is declared" if apps.mode == ""

findings contains {"path": ["spec", "lifecycle"], "message": message} if {
	apps.has_accounts
	not input.spec.lifecycle
	not apps.created_by_jit
	message := sprintf("%s: %s, and `spec.lifecycle` is missing", [input.metadata.name, _mode_text])
}
