# METADATA
# title: Mode that the lifecycle contradicts
# description: Reviewers and many rules rely on the mode. If a stage contradicts the mode, one of them is wrong, and conclusions from the mode may be
#   wrong too.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `spec.provisioning.mode` to the mechanism that creates the accounts: `scim`, `jit`, `connector` (also a script or an automation),
#     `directory`, `hr`, `csv`, `manual`, `vendor`, `shared` or `none`, and `hybrid` only if JIT and SCIM both act. If the mode is right, correct the
#     stage or the block that contradicts it."
#   controls:
#     nist-800-53: [IA-4, AC-2f, CM-8a.1]
package policies.catalogue["mode-contradiction"]

_mode := input.spec.provisioning.mode

_creation := input.spec.lifecycle.create.via

_by_hand := {"ticket", "vendor", "admin", "runbook", "none"}

# Mechanisms that may create accounts in each mode.
_creators := {
	"scim": {"scim"},
	"jit": {"jit"},
	"hybrid": {"jit", "scim"},
	"connector": {"connector", "script", "automation"},
	"directory": {"directory"},
	"hr": {"hr"},
	"csv": {"csv", "script", "automation"},
	"manual": {"ticket", "admin", "runbook"},
	"vendor": {"vendor", "ticket"},
	"shared": _by_hand,
	"none": _by_hand,
}

# If `create` contradicts the mode, the rule reports only this contradiction, because the others follow from it.
_creation_contradicts if {
	_creators[_mode]
	_creation
	not _creation in _creators[_mode]
}

# [stage, via] of each declared stage that SCIM can perform.
_ways contains [stage, how.via] if {
	some stage, how in input.spec.lifecycle
	stage in {"create", "update", "entitle", "deprovision", "remove", "reactivate"}
}

_by_scim contains stage if some [stage, "scim"] in _ways

# The declared stages suffice to conclude that SCIM is missing.
_has_deciding_stage if {
	some [stage, _] in _ways
	stage in {"create", "update", "deprovision", "remove"}
}

_by_jit if _mode == "jit"

_by_jit if _creation == "jit"

findings contains {"path": ["spec", "lifecycle", "create", "via"], "message": message} if {
	_creation_contradicts
	message := sprintf("%s: the mode is `%s`, but accounts are created via `%s`", [input.metadata.name, _mode, _creation])
}

findings contains {"path": ["spec", "provisioning", "scim"], "message": message} if {
	_mode == "jit"
	not _creation_contradicts
	input.spec.provisioning.scim
	message := sprintf("%s: the mode is `jit`, but SCIM is set up", [input.metadata.name])
}

findings contains {"path": ["spec", "provisioning", "mode"], "message": message} if {
	_mode == "jit"
	not _creation_contradicts
	not input.spec.provisioning.scim
	count(_by_scim) > 0
	message := sprintf("%s: the mode is `jit`, but SCIM performs `%s`", [input.metadata.name, concat("`, `", _by_scim)])
}

findings contains {"path": ["spec", "provisioning", "jit"], "message": message} if {
	_mode == "scim"
	not _creation_contradicts
	input.spec.provisioning.jit
	not input.spec.provisioning.jit.creates == false
	message := sprintf("%s: the mode is `scim`, but JIT is set up and can create accounts", [input.metadata.name])
}

findings contains {"path": ["spec", "provisioning", "jit", "creates"], "message": message} if {
	input.spec.provisioning.jit.creates == false
	not _creation_contradicts
	_by_jit
	message := sprintf("%s: accounts are created by JIT, but `jit.creates` is `false`", [input.metadata.name])
}

findings contains {"path": ["spec", "provisioning", "mode"], "message": message} if {
	_mode in {"scim", "hybrid"}
	not _creation_contradicts
	_has_deciding_stage
	count(_by_scim) == 0
	message := sprintf("%s: the mode is `%s`, but no stage has `via: scim`", [input.metadata.name, _mode])
}
