# METADATA
# title: Automation without a declared credential
# description: A workflow that closes accounts signs in to apps with a client, a key or the session of its builder. An undeclared credential is not
#   rotated, and all workflows stop on the day the credential expires.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: Set `spec.runsAs.kind` to the kind of credential, or to `per-app` if each App declares its own in `nonHuman`.
#   controls:
#     nist-800-53: ["IA-5", "IA-4"]
#     cis-v8: ["5.5"]
#     owasp-nhi: ["NHI1"]
package policies.automation["no-credential"]

import data.policies.lib.automations

findings contains {"path": ["spec", "runsAs", "kind"], "message": message} if {
	automations.running
	not input.spec.runsAs.kind
	message := sprintf("%s: `runsAs.kind` is missing, so the credential of the System is unknown", [input.metadata.name])
}
