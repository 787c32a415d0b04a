# METADATA
# title: Shared account
# description: If several people share one account, actions cannot be attributed to a person, and nobody can end the access of one person alone. If
#   the app supports nothing else, it needs an approved exception with an end date.
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
