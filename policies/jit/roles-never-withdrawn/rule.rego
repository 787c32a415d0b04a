# METADATA
# title: Roles that a sign-in gives and never takes away
# description: "The sign-in gives roles and does not take them away: they are set when the account is made, or the app only ever adds. Whoever
#   leaves a group keeps the role in the app for good. Where a privileged role comes that way, it is an error."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Let the sign-in make the roles equal to what the identity provider sends (`roleSync: sync`), or name in `spec.lifecycle.entitle`
#     what takes them away: SCIM, a connector, a job or a ticket."
#   controls:
#     nist-800-53: [PS-5c, AC-2h, "AC-3(8)"]
#     soc2: [CC6.3]
#     cis-v8: ["6.2"]
package policies.jit["roles-never-withdrawn"]

import data.policies.lib.apps

_sync := input.spec.provisioning.jit.roleSync

# What a sign-in does with a role that was taken away, by `roleSync`.
_words := {
	"none": "`entitle` is left to the sign-in, but `roleSync` is `none`",
	"onCreate": "roles come with the sign-in, which sets roles only when it creates the account",
	"assign": "roles come with the sign-in, which only gives roles",
	"append": "roles come with the sign-in, which only adds roles",
}

# The stage says that the sign-in changes roles.
_does := _words[_sync] if input.spec.lifecycle.entitle.via == "jit"

_does := "roles come with the sign-in, which is not said to take any away (`roleSync`)" if {
	input.spec.lifecycle.entitle.via == "jit"
	not _sync
}

# Roles come with the sign-in, and no stage is there to take them away.
_does := _words[_sync] if {
	_sync in {"onCreate", "assign", "append"}
	not input.spec.lifecycle.entitle.via
	not apps.owned("entitle")
	_signs_in
}

_signs_in if apps.created_by_jit

_signs_in if input.spec.lifecycle.update.via == "jit"

_path := ["spec", "provisioning", "jit", "roleSync"] if _sync

_path := ["spec", "lifecycle", "entitle", "via"] if not _sync

# By its grant, or because no other way is declared.
_privileged := [{"kind": "App", "name": input.metadata.name, "path": ["spec", "roles", at], "message": "a privileged role"} |
	some at, role in input.spec.roles
	role.privileged == true
	object.get(role, "grant", "jit") in {"jit", "claim", "default"}
]

_severity := "error" if count(_privileged) > 0

_severity := "warning" if count(_privileged) == 0

findings contains {"path": _path, "message": message, "severity": _severity, "related": _privileged} if {
	apps.alive
	does := _does
	message := sprintf("%s: %s, so a role that is withdrawn stays", [input.metadata.name, does])
}
