# METADATA
# title: Deprovisioning without a stated effect
# description: "\"Deprovision\" has four meanings: the account is suspended, loses its membership or is deleted, or only the seat is
#   freed. Auditors, and people who restore an account, need to know the declared meaning."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `spec.lifecycle.deprovision.effect` to `suspend`, `remove-membership`, `delete` or `seat-only`."
#   controls:
#     nist-800-53: [AC-2f, AC-2l]
#     iso-27001: [A.5.18]
#     cis-v8: ["6.2"]
package policies.leaver["unclear-effect"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_done if {
	via := input.spec.lifecycle.deprovision.via
	via != "none"
}

# The mechanism may only free the seat. In this case, the account stays unless a stage removes it.
_severity := "warning" if mechanisms.done("remove")

_severity := "error" if not mechanisms.done("remove")

findings contains {"path": ["spec", "lifecycle", "deprovision", "effect"], "message": message, "severity": _severity} if {
	apps.alive
	_done
	not input.spec.lifecycle.deprovision.effect
	message := sprintf("%s: `deprovision` has no `effect`, so it is unclear what happens to the account", [input.metadata.name])
}
