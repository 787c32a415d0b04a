# METADATA
# title: Shared account
# description: With one account for several people, actions cannot be attributed, and closing an account does not end one person's access.
#   If the app supports nothing else, it needs an approved exception with an end date.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Give each person an account, with single sign-on if the app supports it. If the app supports only one account, waive the finding.
#   controls:
#     nist-800-53: [AC-2k, IA-5i, "AC-2(9)"]
#     pci-dss: ["8.2.2"]
package policies.shared["one-account"]

import data.policies.lib.apps

findings contains {"path": ["spec", "provisioning", "mode"], "message": message} if {
	apps.alive
	apps.mode == "shared"
	message := sprintf("%s: several people share one account", [input.metadata.name])
}
