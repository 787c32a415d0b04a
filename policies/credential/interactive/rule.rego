# METADATA
# title: Service credential that people use to sign in
# description: If people sign in with a service account, their actions cannot be attributed, single sign-on is bypassed, and leavers who
#   know the password keep access.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Switch interactive sign-in off in the app and set `interactive: false`; give people their own accounts."
#   controls:
#     pci-dss: ["8.6.1"]
#     owasp-nhi: [NHI10]
package policies.credential.interactive

import data.policies.lib.credentials

findings contains {"path": ["spec", "nonHuman", at, "interactive"], "message": message} if {
	some at, item in credentials.live
	item.interactive == true
	message := sprintf("%s: people can sign in with the credential `%s`", [input.metadata.name, item.name])
}
