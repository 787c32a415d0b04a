# METADATA
# title: JIT although the vendor offers SCIM
# description: Where people change role often, accounts that only a sign-in touches drift from the directory. The vendor is documented to
#   offer automated provisioning, so JIT alone is a choice here, not a limit of the product.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   when: {"spec.provisioning.mode": [jit]}
#   fix: "Turn on SCIM and declare `mode: hybrid` or `mode: scim`, or waive this with the reason (licence, plan)."
#   controls:
#     nist-800-53: ["AC-2(1)"]
#     cis-v8: ["6.1", "6.2"]
package policies.jit["scim-available"]

import data.policies.lib.apps

findings contains {"path": ["spec", "provisioning", "mode"], "message": message} if {
	apps.alive
	input.spec.provisioning.mode == "jit"
	input.spec.roleChurn == "high"
	facts := data.leaver.vendors[lower(input.metadata.vendor)]
	facts.scim == "offered"
	message := sprintf("%s: people change role often and %s offers automated provisioning, but the mode is `jit` (%s; %s)", [
		input.metadata.name,
		facts.title,
		facts.source,
		facts.asOf,
	])
}
