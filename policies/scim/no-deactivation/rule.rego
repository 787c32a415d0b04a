# METADATA
# title: Accounts are pushed but never taken away
# description: "A push that creates accounts and nothing that ends them is the fault behind most forgotten accounts: everybody
#   believes that SCIM does it."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch deactivation on and declare `spec.lifecycle.deprovision`, or name another way to end accounts in `via`.
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
#     pci-dss: ["8.2.5"]
#     soc2: [CC6.3.2]
package policies.scim["no-deactivation"]

import data.policies.lib.apps

_pushed if input.spec.lifecycle.create.via in {"scim", "connector"}

_pushed if {
	not input.spec.lifecycle.create.via
	input.spec.provisioning.mode in {"scim", "connector"}
}

_ended if {
	some stage in ["deprovision", "remove"]
	via := input.spec.lifecycle[stage].via
	via != "none"
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "via"], "message": message} if {
	apps.alive
	_pushed
	input.spec.lifecycle
	not _ended
	message := sprintf("%s: accounts are pushed into the app, but nothing disables or removes them", [input.metadata.name])
}
