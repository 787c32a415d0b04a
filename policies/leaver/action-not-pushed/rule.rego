# METADATA
# title: Action in the identity provider that closes no account
# description: Some actions on a person block the sign-in, but the identity provider does not push them to the application. For example, a suspended
#   person keeps all assignments, so the account, the sessions and the keys in the application remain. At tier 1, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Use an action that the system pushes, such as deactivation, and declare it as `urgent.action`, or close the account in the
#     application itself. If the system does not push deletions, disable people in the directory first, and declare `action: deactivate`
#     in its `fedBy`."
#   controls:
#     nist-800-53: ["AC-2(13)", "PS-4a", "AC-2(3)"]
#     pci-dss: ["8.2.5"]
package policies.leaver["action-not-pushed"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.systems
import data.policies.lib.ways

_stage := input.spec.lifecycle.deprovision

_urgent := _stage.urgent

# The System that closes the accounts by pushing.
_system := mechanisms.system("deprovision") if _stage.via in mechanisms.pushing

_facts := data.leaver.catalogue.System[_system].spec

# The urgent path begins in that System.
_in_system if _urgent.system == _system

_in_system if {
	not _urgent.system
	_urgent.via in mechanisms.pushing
}

default _severity := "warning"

_severity := "error" if apps.tier == 1

_related := [{"kind": "System", "name": _system, "path": ["spec", "notPushed"], "message": "not pushed"}]

findings contains {"path": ["spec", "lifecycle", "deprovision", "urgent", "action"], "message": message, "severity": _severity, "related": related} if {
	apps.alive
	_in_system
	some action in [_urgent.action]
	action in systems.not_pushed(_facts)
	related := _related
	message := sprintf("%s: the urgent action in %s is `%s`, which is not pushed, so the account in the application remains", [
		input.metadata.name, _system, action,
	])
}

# A push is declared to end the person's keys. If the action is not pushed, the keys remain too, so the finding is a warning.
_keys_by_push if {
	input.spec.issuesTokens == true
	input.spec.lifecycle.revokeCredentials.via in mechanisms.pushing
}

_severity_undeclared := "warning" if _keys_by_push

_severity_undeclared := "info" if not _keys_by_push

findings contains {"path": ["spec", "lifecycle", "deprovision", "urgent", "system"], "message": message, "severity": _severity_undeclared, "related": related} if {
	apps.alive
	_urgent.system == _system
	_urgent.via in ways.by_hand
	not _urgent.action
	"suspend" in _facts.notPushed
	related := _related
	message := sprintf("%s: the urgent path acts in %s, which does not push a suspension, and `urgent.action` does not declare another action", [
		input.metadata.name, _system,
	])
}

# A feed of the System declares an `action` on leavers.
_action_known if {
	some feed in _facts.fedBy
	feed.action
}

findings contains {"path": ["spec", "lifecycle", "deprovision", "via"], "message": message, "related": related} if {
	apps.alive
	some system in [_system]
	"delete" in _facts.notPushed
	not _action_known
	related := _related
	message := sprintf("%s: %s does not push that a person was deleted, and no feed in its `fedBy` declares that leavers are deactivated first", [
		input.metadata.name, system,
	])
}
