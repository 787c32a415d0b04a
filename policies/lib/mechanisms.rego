package policies.lib.mechanisms

import data.policies.lib.apps
import data.policies.lib.sign_ons

# Ways that push accounts into an app on their own. The settings of each are in the block of its name in `spec.provisioning`.
pushing := {"scim", "connector", "directory", "hr"}

# Stages that can go by such a way and change accounts.
_changing := {"create", "update", "entitle", "deprovision", "remove", "reactivate"}

# Stage → way, of the stages that change accounts by pushing.
pushed[stage] := how.via if {
	some stage, how in input.spec.lifecycle
	stage in _changing
	how.via in pushing
}

# Ways that push accounts into this app, as a stage, the mode or a block of settings says.
used contains via if some via in pushed

used contains apps.mode if {
	apps.mode in pushing
	not _by_program
}

used contains "scim" if apps.mode == "hybrid"

used contains via if some via, _ in object.filter(input.spec.provisioning, pushing)

# Blocks by which something other than a sign-in finds the accounts of people.
matching contains via if some via in used

matching contains via if some via, _ in object.filter(input.spec.provisioning, ["script", "automation"])

matching contains "csv" if apps.mode == "csv"

_by_program if count(programs) > 0

# Programs of one's own that make the accounts. Their mode is `connector`, and their settings are in a block of their own name.
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

# The sign-in is said to create accounts, and the mode says that it does not: `catalogue/mode-contradiction` tells it.
contradicted if {
	input.spec.lifecycle.create.via == "jit"
	apps.mode in pushing
}

# How accounts come into the app: what the stage says, or the mode where the stage says nothing.
creation := input.spec.lifecycle.create.via

creation := apps.mode if {
	not input.spec.lifecycle.create.via
	apps.mode != ""
}

# Something or somebody is named that does the stage.
done(stage) if input.spec.lifecycle[stage].via != "none"

done(stage) if {
	not input.spec.lifecycle[stage].via
	apps.owned(stage)
}

# Way → System, of the mechanisms: the first identity provider for SCIM, else what the block names.
_behind[via] := sign_ons.system if {
	some via in ["scim"]
	sign_ons.system
}

_behind[via] := block.system if {
	some via, block in object.filter(input.spec.provisioning, ["connector", "directory", "hr", "script", "automation"])
	block.system
}

# Name of the System that acts in a stage: the stage's own, else that of the mechanism.
system(stage) := input.spec.lifecycle[stage].system

system(stage) := name if {
	not input.spec.lifecycle[stage].system
	some via, name in _behind
	via == input.spec.lifecycle[stage].via
}

# {via, name}: way and System of all that act.
_acting contains {"via": via, "name": name} if some via, name in _behind

_acting contains {"via": via, "name": name} if {
	some stage, via in pushed
	some name in [system(stage)]
}

# Names of the Systems that act by a way.
systems(via) := {acting.name | some acting in _acting; acting.via == via}
