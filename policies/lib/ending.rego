package policies.lib.ending

import data.policies.lib.mechanisms

_stage := input.spec.lifecycle.deprovision

_system := data.leaver.catalogue.System[mechanisms.system("deprovision")].spec

_operations := {operation | some operation in input.spec.provisioning[_stage.via].operations} & {"disable", "delete"}

# The request that the mechanism sends to end access, as declared in `sends`, or else derived from its System or its operations. The effect in the app
# may differ.
sends := _stage.sends if _stage.sends

sends := "disable" if {
	not _stage.sends
	_system.deletes == false
}

sends := operation if {
	not _stage.sends
	not _system.deletes == false
	count(_operations) == 1
	some operation in _operations
}
