# METADATA
# title: Mechanism that its system cannot provide
# description: A stage that goes by a way which does not exist is done by nobody. HR systems have no SCIM client, an uploaded list ends no
#   session, and a push hands over no data. Whoever reads the declaration believes that it is taken care of.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name in `via` what really does the stage, and in `system` the System that runs it. If the system is of another kind than it says,
#     correct its `kind`.
#   controls:
#     nist-800-53: ["AC-2f", "CM-8a.1"]
#     soc2: ["CC6.3"]
package policies.mechanism.impossible

import data.policies.lib.apps
import data.policies.lib.sign_ons
import data.policies.lib.ways

_doers := {"scim": "SCIM", "directory": "a directory synchronisation", "hr": "an HR feed", "csv": "an uploaded list"}

# What a stage asks for, in words.
_does := {
	"revokeSessions": "end sessions",
	"revokeCredentials": "revoke tokens and keys",
	"transfer": "hand over data",
	"review": "decide who still needs access",
}

_own(how) if ways.own(how.system)

_kind(system) := data.leaver.catalogue.System[system].spec.kind

# [path, way, System]: where a way and the System that is to provide it are named.
_named contains [["spec", "lifecycle", stage, "via"], how.via, how.system] if {
	some stage, how in input.spec.lifecycle
	how.via
	how.system
}

_named contains [["spec", "provisioning", via, "system"], via, block.system] if {
	some via, block in object.filter(input.spec.provisioning, ["connector", "directory", "hr"])
	block.system
}

# SCIM comes from the first identity provider of the sign-in, unless the stage names another System.
_named contains [array.concat(path, ["system"]), "scim", how.system] if {
	some [path, how] in _pushing
	how.system
}

_pushing contains [path, how] if {
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
	not _own(how)
	message := sprintf("%s: `%s` goes via `%s`, but %s cannot %s", [
		input.metadata.name, stage, how.via, _doers[how.via], _does[stage],
	])
}

findings contains {"path": path, "message": message, "related": related} if {
	apps.alive
	some [path, via, system] in _named
	some kind in [_kind(system)]
	ways.not_offered(kind, via)
	not ways.own(system)
	message := sprintf("%s: `%s` is to come from %s, but %s offers %s", [
		input.metadata.name, via, system, ways.kinds[kind], _offer(kind),
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "kind"], "message": "what the system is"}]
}

_offer(kind) := sprintf("only `%s`", [ways.offered(kind)])

# People sign in by an identity provider, or with the password of a directory or of a store for secrets.
findings contains {"path": array.concat(path, ["system"]), "message": message, "related": related} if {
	apps.alive
	some [path, how] in sign_ons.current
	not [path, how] in _pushing
	some system in [how.system]
	some kind in [_kind(system)]
	kind in {"hr", "iga", "automation", "ticketing"}
	not ways.own(system)
	message := sprintf("%s: people are to sign in by %s, but %s signs nobody in", [input.metadata.name, system, ways.kinds[kind]])
	related := [{"kind": "System", "name": system, "path": ["spec", "kind"], "message": "what the system is"}]
}
