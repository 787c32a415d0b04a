# METADATA
# title: Deprovisioning without a stated effect
# description: "\"Deprovision\" has four meanings: the account is suspended, it loses its membership, it is deleted, or only the
#   seat is freed. An auditor needs to know which one, and so does the person who restores it."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Say which in `spec.lifecycle.deprovision.effect`: `suspend`, `remove-membership`, `delete` or `seat-only`."
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

# At worst only the seat is freed, and where nothing removes the account, it stays.
_severity := "warning" if mechanisms.done("remove")

_severity := "error" if not mechanisms.done("remove")

findings contains {"path": ["spec", "lifecycle", "deprovision", "effect"], "message": message, "severity": _severity} if {
	apps.alive
	_done
	not input.spec.lifecycle.deprovision.effect
	message := sprintf("%s: nothing says what deprovision does to the account", [input.metadata.name])
}
