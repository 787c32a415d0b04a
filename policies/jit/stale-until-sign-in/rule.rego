# METADATA
# title: Changes wait for the next sign-in
# description: With `jit` as the way, a changed role or department reaches the app only when the person signs in again. A session that stays
#   open, a token or a person who stops signing in keeps the old rights. At tier 1 that is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Let SCIM, a connector or a scheduled job carry the change, and name it in `via`.
#   controls:
#     nist-800-53: [PS-5c, "AC-3(8)"]
#     soc2: [CC6.3]
#     cis-v8: ["6.1", "6.2"]
package policies.jit["stale-until-sign-in"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "update", "via"], "message": message, "severity": _severity} if {
	_updates_at_sign_in
	input.spec.roleChurn == "high"
	message := sprintf("%s: people change role often, but updates wait for their next sign-in", [input.metadata.name])
}

# Roles that the sign-in carries, where no other stage is there to change them. One that only gives roles never withdraws one:
# `jit/roles-never-withdrawn`.
findings contains {"path": ["spec", "lifecycle", "update", "via"], "message": message, "severity": _severity} if {
	_updates_at_sign_in
	not input.spec.roleChurn == "high"
	not input.spec.lifecycle.entitle.via
	input.spec.provisioning.jit.roleSync == "sync"
	message := sprintf("%s: roles come with the sign-in, so one that is withdrawn stays until the next", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "entitle", "via"], "message": message, "severity": _severity} if {
	apps.alive
	input.spec.lifecycle.entitle.via == "jit"
	input.spec.provisioning.jit.roleSync == "sync"
	message := sprintf("%s: a role that is given or withdrawn waits for the next sign-in", [input.metadata.name])
}

_updates_at_sign_in if {
	apps.alive
	input.spec.lifecycle.update.via == "jit"
}

default _severity := "warning"

_severity := "error" if input.spec.tier == 1
