# METADATA
# title: Several people use one account
# description: Where several people sign in with one account, nobody can tell who did what, and nobody's access ends by closing it. Some apps
#   allow nothing else; then it is an exception that somebody accepts, with an end.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Give everybody an account of their own, with single sign-on if the app has it. Where the app cannot do that, have it waived.
#   controls:
#     nist-800-53: [AC-2k, IA-5i, "AC-2(9)"]
#     pci-dss: ["8.2.2"]
package policies.shared["one-account"]

import data.policies.lib.apps

findings contains {"path": ["spec", "provisioning", "mode"], "message": message} if {
	apps.alive
	apps.mode == "shared"
	message := sprintf("%s: several people use one account", [input.metadata.name])
}
