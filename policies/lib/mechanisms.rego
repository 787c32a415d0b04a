package policies.lib.mechanisms

import data.policies.lib.apps
import data.policies.lib.sign_ons

# Mechanisms that push accounts into an app. The settings of a mechanism are in the block with its name in `spec.provisioning`.
pushing := {"scim", "connector", "directory", "hr"}

# Stages that change accounts and that a push can perform.
_changing := {"create", "update", "entitle", "deprovision", "remove", "reactivate"}

# The mechanism of each stage that changes accounts by pushing.
pushed[stage] := how.via if {
	some stage, how in input.spec.lifecycle
	stage in _changing
	how.via in pushing
}

# Mechanisms that push accounts into this app, according to a stage, the mode or a block of settings.
used contains via if some via in pushed

used contains apps.mode if {
	apps.mode in pushing
	not _by_program
}

used contains "scim" if apps.mode == "hybrid"

used contains via if some via, _ in object.filter(input.spec.provisioning, pushing)

# Mechanisms that find existing accounts by a match key. The sign-in is not among them.
matching contains via if some via in used

matching contains via if some via, _ in object.filter(input.spec.provisioning, ["script", "automation"])

matching contains "csv" if apps.mode == "csv"

_by_program if count(programs) > 0

# Custom programs that create the accounts. Their mode is `connector`, and their settings are in the block `script` or `automation`.
programs contains via if {
	_unconnected
	via := input.spec.lifecycle.create.via
	via in {"script", "automation"}
}

programs contains via if {
	_unconnected
	not input.spec.lifecycle.create.via
	some via, _ in object.filter(input.spec.provisioning, ["script", "automation"])
}

_unconnected if {
	apps.mode == "connector"
	not input.spec.provisioning.connector
}

# The sign-in is declared to create accounts, but the mode contradicts it. `catalogue/mode-contradiction` reports the contradiction.
contradicted if {
	input.spec.lifecycle.create.via == "jit"
	apps.mode in pushing
}

# How accounts are created: `via` of the stage, or else the mode.
creation := input.spec.lifecycle.create.via

creation := apps.mode if {
	not input.spec.lifecycle.create.via
	apps.mode != ""
}

# Somebody or something performs the stage: it has a `via` other than `none`, or an owner and no `via`.
done(stage) if input.spec.lifecycle[stage].via != "none"

done(stage) if {
	not input.spec.lifecycle[stage].via
	apps.owned(stage)
}

# The System of each mechanism: the first identity provider for SCIM, else the System of the block.
_system_of[via] := sign_ons.system if {
	some via in ["scim"]
	sign_ons.system
}

_system_of[via] := block.system if {
	some via, block in object.filter(input.spec.provisioning, ["connector", "directory", "hr", "script", "automation"])
	block.system
}

# The name of the System that performs a stage: `system` of the stage, or else the System of its mechanism.
system(stage) := input.spec.lifecycle[stage].system

system(stage) := name if {
	not input.spec.lifecycle[stage].system
	some via, name in _system_of
	via == input.spec.lifecycle[stage].via
}

# {via, name} of each mechanism that acts, with the name of its System.
_acting contains {"via": via, "name": name} if some via, name in _system_of

_acting contains {"via": via, "name": name} if {
	some stage, via in pushed
	some name in [system(stage)]
}

# Names of the Systems that act by a mechanism.
systems(via) := {acting.name | some acting in _acting; acting.via == via}

# A mechanism reactivates accounts in an app with privileged roles, and nobody has tested the reactivation.
untested_return if {
	input.spec.lifecycle.reactivate.via in apps.automatic
	not input.spec.lifecycle.reactivate.testedOn
	some role in input.spec.roles
	role.privileged == true
}
