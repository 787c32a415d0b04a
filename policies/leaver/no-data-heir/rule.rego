# METADATA
# title: Nobody inherits the data
# description: When an account is removed its files, boards and automations go with it, or belong to nobody. Somebody has to take
#   them over first.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Name the team in `spec.lifecycle.transfer.to`, or set `toManager: true`."
#   controls:
#     nist-800-53: [PS-4e]
package policies.leaver["no-data-heir"]

import data.policies.lib.apps

_removed if {
	via := input.spec.lifecycle.remove.via
	via != "none"
}

findings contains {"path": ["spec", "lifecycle", "transfer", "to"], "message": message} if {
	apps.alive
	_removed
	not input.spec.lifecycle.transfer.to
	not input.spec.lifecycle.transfer.toManager == true
	message := sprintf("%s: accounts are removed, and nobody takes over their data", [input.metadata.name])
}
