package policies.lib.ending

import data.policies.lib.mechanisms

_stage := input.spec.lifecycle.deprovision

_system := data.leaver.catalogue.System[mechanisms.system("deprovision")].spec

_operations := {operation | some operation in input.spec.provisioning[_stage.via].operations} & {"disable", "delete"}

# What the mechanism sends to end access, which is not what the app makes of it: as declared, else what its System or its operations allow.
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
