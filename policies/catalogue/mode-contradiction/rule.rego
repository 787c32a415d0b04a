# METADATA
# title: Mode that the lifecycle contradicts
# description: The mode is what reviewers read first. If the stages say otherwise, one of the two is wrong, and every judgement that builds on
#   the mode is wrong with it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `spec.provisioning.mode` to what really creates the accounts (`hybrid` where JIT and SCIM both do something), or mend the stage."
#   controls:
#     nist-800-53: [IA-4, AC-2e]
package policies.catalogue["mode-contradiction"]

_mode := input.spec.provisioning.mode

# What may create accounts in a mode. A mode that is not here says nothing about it.
_creators := {
	"scim": {"scim"},
	"jit": {"jit"},
	"hybrid": {"jit", "scim"},
	"connector": {"connector", "script"},
	"directory": {"directory"},
	"hr": {"hr"},
	"csv": {"csv", "script"},
	"manual": {"ticket", "admin", "runbook"},
	"vendor": {"vendor", "ticket"},
}

_uses(way) if {
	some how in input.spec.lifecycle
	how.via == way
}

_says_how if {
	some how in input.spec.lifecycle
	how.via
}

findings contains {"path": ["spec", "lifecycle", "create", "via"], "message": message} if {
	via := input.spec.lifecycle.create.via
	not via in _creators[_mode]
	_creators[_mode]
	message := sprintf("%s: the mode is `%s`, but accounts are created via `%s`", [input.metadata.name, _mode, via])
}

findings contains {"path": ["spec", "provisioning", "scim"], "message": message} if {
	_mode == "jit"
	input.spec.provisioning.scim
	message := sprintf("%s: the mode is `jit`, but SCIM is set up", [input.metadata.name])
}

findings contains {"path": ["spec", "provisioning", "jit"], "message": message} if {
	_mode == "scim"
	input.spec.provisioning.jit
	not input.spec.provisioning.jit.creates == false
	message := sprintf("%s: the mode is `scim`, but JIT is set up and can create accounts", [input.metadata.name])
}

findings contains {"path": ["spec", "provisioning", "mode"], "message": message} if {
	_mode == "hybrid"
	_says_how
	not _uses("scim")
	message := sprintf("%s: the mode is `hybrid`, but no stage goes via `scim`", [input.metadata.name])
}
