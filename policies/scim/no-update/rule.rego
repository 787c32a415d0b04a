# METADATA
# title: Accounts are pushed but never updated
# description: Without a profile push a person who changes name, department or manager keeps the old values in the app, and every
#   rule there that builds on them is wrong.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch the profile push on and declare `spec.lifecycle.update`.
#   controls:
#     nist-800-53: [PS-5c]
#     soc2: [CC6.3.1]
package policies.scim["no-update"]

import data.policies.lib.apps

_done if {
	via := input.spec.lifecycle.update.via
	via != "none"
}

findings contains {"path": ["spec", "lifecycle", "update", "via"], "message": message} if {
	apps.alive
	input.spec.lifecycle.create.via in {"scim", "connector"}
	not apps.created_by_jit
	not _done
	message := sprintf("%s: accounts are pushed into the app, but nothing updates them", [input.metadata.name])
}
