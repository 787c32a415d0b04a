# METADATA
# title: Operation that is off by default and not declared
# description: In some systems, each application has a switch for an operation, and the switch is off by default. Provisioning works without
#   the operation, so nobody notices until a leaver keeps an account or a mover keeps a right. When the operation is switched on, the system
#   does not send earlier changes.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Look the switches up in the application's settings in the system, switch on what the stages need, and declare them in `operations` of
#     the mechanism.
#   controls:
#     nist-800-53: [AC-2f, PS-4a]
#     pci-dss: ["8.2.5"]
package policies.scim["operation-undecided"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_grants_by_group if {
	some role in input.spec.roles
	role.grant == "group"
}

# [stage, operation that the stage needs].
_needs contains ["deprovision", "disable"] if not input.spec.lifecycle.deprovision.sends == "delete"

_needs contains ["entitle", "groups"] if _grants_by_group

findings contains {"path": ["spec", "provisioning", via, "operations"], "message": message, "related": related} if {
	apps.alive
	some [stage, operation] in _needs
	some via in [mechanisms.pushed[stage]]
	not input.spec.provisioning[via].operations
	some system in [mechanisms.system(stage)]
	operation in data.leaver.catalogue.System[system].spec.offByDefault
	message := sprintf("%s: `%s` needs the operation `%s`, which is off by default in %s, and `operations` are not declared", [
		input.metadata.name, stage, operation, system,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "offByDefault"], "message": "off by default"}]
}
