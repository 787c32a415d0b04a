# METADATA
# title: Changes wait for the next sign-in
# description: "With `via: jit`, a changed role or department reaches the app only at the next sign-in. Until then, an open session or a token keeps
#   the old rights. At tier 1, the finding is an error."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Let SCIM, a connector or a scheduled job make the change, and set `via` to that mechanism.
#   controls:
#     nist-800-53: [PS-5c, "AC-3(8)"]
#     soc2: [CC6.3]
#     cis-v8: ["6.1", "6.2"]
package policies.jit["stale-until-sign-in"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", "update", "via"], "message": message, "severity": _severity} if {
	_updates_at_sign_in
	input.spec.roleChurn == "high"
	message := sprintf("%s: roles change often, but updates wait for the next sign-in", [input.metadata.name])
}

# Sign-in sets roles and no other stage changes them. `jit/roles-never-withdrawn` reports a sign-in that withdraws no role.
findings contains {"path": ["spec", "lifecycle", "update", "via"], "message": message, "severity": _severity} if {
	_updates_at_sign_in
	not input.spec.roleChurn == "high"
	not input.spec.lifecycle.entitle.via
	input.spec.provisioning.jit.roleSync == "sync"
	message := sprintf("%s: roles change only at sign-in, so a withdrawn role stays until the next sign-in", [input.metadata.name])
}

findings contains {"path": ["spec", "lifecycle", "entitle", "via"], "message": message, "severity": _severity} if {
	apps.alive
	input.spec.lifecycle.entitle.via == "jit"
	input.spec.provisioning.jit.roleSync == "sync"
	message := sprintf("%s: a granted or withdrawn role takes effect only at the next sign-in", [input.metadata.name])
}

_updates_at_sign_in if {
	apps.alive
	input.spec.lifecycle.update.via == "jit"
}

default _severity := "warning"

_severity := "error" if input.spec.tier == 1
