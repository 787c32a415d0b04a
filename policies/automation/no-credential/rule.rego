# METADATA
# title: Automation without a named credential
# description: "A workflow that closes accounts signs in to applications with something: a client, a key, the session of whoever built
#   it. If nobody says with what, nobody rotates it, and on the day on which it ends, all workflows end with it."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: Declare in `spec.runsAs.kind` what the System signs in with, or `per-app` if each App declares that in `nonHuman`.
#   controls:
#     nist-800-53: ["IA-5", "IA-4"]
#     cis-v8: ["5.5"]
#     owasp-nhi: ["NHI1"]
package policies.automation["no-credential"]

import data.policies.lib.automations

findings contains {"path": ["spec", "runsAs", "kind"], "message": message} if {
	automations.running
	not input.spec.runsAs.kind
	message := sprintf("%s: nothing says what it signs in to applications with", [input.metadata.name])
}
