# METADATA
# title: Pushed group that keeps its members
# description: Rights come from pushed groups, but the system does not remove everybody from these groups. Some systems cannot push a group that
#   also assigns people to the application. Others do not empty a group that they no longer push. In both cases, movers keep the rights of
#   the group.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Push groups other than those that assign people to the application, and declare them in `scope.pushedGroups` of the mechanism. If
#     groups stay when they are no longer pushed, compare them as well: add `groups` to `spec.lifecycle.reconcile.covers`."
#   controls:
#     nist-800-53: [AC-2f, PS-5c]
package policies.scim["group-keeps-members"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# A role is granted through a group.
_grants_by_group if {
	some role in input.spec.roles
	role.grant == "group"
}

# The blocks of mechanisms that push groups.
_blocks[via] := block if {
	some via in mechanisms.used
	block := input.spec.provisioning[via]
	"groups" in block.operations
}

findings contains {"path": ["spec", "provisioning", via, "scope", "pushedGroups", nth], "message": message, "related": related} if {
	apps.alive
	some via, block in _blocks
	some nth, group in block.scope.pushedGroups
	group in block.scope.groups
	some system in mechanisms.systems(via)
	data.leaver.catalogue.System[system].spec.pushesAssignedGroups == false
	message := sprintf("%s: `%s` assigns people and is pushed too, which %s does not support: people who leave the group stay in the application's group", [
		input.metadata.name, group, system,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "pushesAssignedGroups"], "message": "does not support it"}]
}

findings contains {"path": ["spec", "provisioning", via, "scope", "pushedGroups"], "message": message, "related": related} if {
	apps.alive
	some via, block in _blocks
	count(block.scope.groups) > 0
	not block.scope.pushedGroups
	_grants_by_group
	some system in mechanisms.systems(via)
	data.leaver.catalogue.System[system].spec.pushesAssignedGroups == false
	message := sprintf("%s: groups assign people and are pushed, but %s cannot use one group for both, and `pushedGroups` does not declare which are pushed", [
		input.metadata.name, system,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "pushesAssignedGroups"], "message": "does not support it"}]
}

_compares_groups if {
	mechanisms.done("reconcile")
	"groups" in input.spec.lifecycle.reconcile.covers
}

findings contains {"path": ["spec", "provisioning", via, "operations", nth], "message": message, "related": related} if {
	apps.alive
	some via, block in _blocks
	_grants_by_group
	not _compares_groups
	some system in mechanisms.systems(via)
	data.leaver.catalogue.System[system].spec.keepsUnpushedGroups == true
	some nth, operation in block.operations
	operation == "groups"
	message := sprintf("%s: a group that %s no longer pushes keeps its members and their rights, and `reconcile` does not cover groups", [
		input.metadata.name, system,
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "keepsUnpushedGroups"], "message": "keeps the group unchanged"}]
}
