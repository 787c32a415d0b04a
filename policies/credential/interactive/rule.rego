# METADATA
# title: Service credential used by people to sign in
# description: When people use an account that is meant for a program, nobody can tell afterwards who did what, it works past single sign-on,
#   and it goes on working for those who leave.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch interactive sign-in off in the app and declare `interactive` as `false`; give people accounts of their own.
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
