# METADATA
# title: Mechanism that its system cannot provide
# description: The declared mechanism cannot perform the stage, so the stage is not done. HR systems have no SCIM client, an uploaded list cannot
#   revoke sessions, and a push cannot transfer data.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `via` to the mechanism that performs the stage, and `system` to the System that runs it. If the System has the wrong kind, correct its
#     `kind`.
#   controls:
#     nist-800-53: ["AC-2f", "CM-8a.1"]
#     soc2: ["CC6.3"]
package policies.mechanism.impossible

import data.policies.lib.apps
import data.policies.lib.sign_ons
import data.policies.lib.ways

_mechanism_text := {"scim": "SCIM", "directory": "a directory synchronisation", "hr": "an HR feed", "csv": "an uploaded list"}

# A description of the task of each stage.
_stage_task := {
	"revokeSessions": "revoke sessions",
	"revokeCredentials": "revoke tokens and keys",
	"transfer": "transfer data",
	"review": "decide who still needs access",
}

_is_own_system(how) if ways.is_app(how.system)

_kind(system) := data.leaver.catalogue.System[system].spec.kind

# The path, the mechanism and the System of each reference.
_references contains [["spec", "lifecycle", stage, "via"], how.via, how.system] if {
	some stage, how in input.spec.lifecycle
	how.via
	how.system
}

_references contains [["spec", "provisioning", via, "system"], via, block.system] if {
	some via, block in object.filter(input.spec.provisioning, ["connector", "directory", "hr"])
	block.system
}

# SCIM comes from the first identity provider of the sign-on, unless the stage names another System.
_references contains [array.concat(path, ["system"]), "scim", how.system] if {
	some [path, how] in _scim_sign_on
	how.system
}

_scim_sign_on contains [path, how] if {
	count(_by_scim) > 0
	some [path, how] in array.slice(sign_ons.current, 0, 1)
}

_by_scim contains "mode" if apps.mode in {"scim", "hybrid"}

_by_scim contains stage if {
	some stage, how in input.spec.lifecycle
	how.via == "scim"
	not how.system
}

findings contains {"path": ["spec", "lifecycle", stage, "via"], "message": message} if {
	apps.alive
	some stage, how in input.spec.lifecycle
	ways.impossible(how.via, stage)
	not _is_own_system(how)
	message := sprintf("%s: `%s` has `via: %s`, but %s cannot %s", [
		input.metadata.name, stage, how.via, _mechanism_text[how.via], _stage_task[stage],
	])
}

findings contains {"path": path, "message": message, "related": related} if {
	apps.alive
	some [path, via, system] in _references
	some kind in [_kind(system)]
	ways.not_offered(kind, via)
	not ways.is_app(system)
	message := sprintf("%s: `%s` is declared to come from %s, but %s offers %s", [
		input.metadata.name, via, system, ways.kinds[kind], _offer_text(kind),
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "kind"], "message": "kind of the system"}]
}

_offer_text(kind) := sprintf("only `%s`", [ways.offered(kind)])

# People sign in through an identity provider, or with the password of a directory or of a secret store.
findings contains {"path": array.concat(path, ["system"]), "message": message, "related": related} if {
	apps.alive
	some [path, how] in sign_ons.current
	not [path, how] in _scim_sign_on
	some system in [how.system]
	some kind in [_kind(system)]
	kind in {"hr", "iga", "automation", "ticketing"}
	not ways.is_app(system)
	message := sprintf("%s: the app declares that people sign in through %s, but %s cannot sign people in", [input.metadata.name, system, ways.kinds[kind]])
	related := [{"kind": "System", "name": system, "path": ["spec", "kind"], "message": "kind of the system"}]
}
