package policies.lib.references

import data.policies.lib.sign_ons

# Every key of an App that names a System: {path, system}.
systems contains {"path": ["spec", "sourceOfTruth"], "system": input.spec.sourceOfTruth} if input.spec.sourceOfTruth

systems contains {"path": ["spec", "external", "system"], "system": input.spec.external.system} if input.spec.external.system

systems contains {"path": array.concat(path, ["system"]), "system": how.system} if {
	some [path, how] in sign_ons.written
	how.system
}

systems contains {"path": array.concat(path, ["closedBy", "system"]), "system": how.closedBy.system} if {
	some [path, how] in sign_ons.written
	how.closedBy.system
}

systems contains {"path": ["spec", "external", "closedBy", "system"], "system": input.spec.external.closedBy.system} if {
	input.spec.external.closedBy.system
}

systems contains {"path": ["spec", "roles", at, "closedBy", "system"], "system": role.closedBy.system} if {
	some at, role in input.spec.roles
	role.closedBy.system
}

systems contains {"path": ["spec", "instances", at, "closedBy", "system"], "system": instance.closedBy.system} if {
	some at, instance in input.spec.instances
	instance.closedBy.system
}

systems contains {"path": ["spec", "instances", at, "refresh", "reconcile", "system"], "system": instance.refresh.reconcile.system} if {
	some at, instance in input.spec.instances
	instance.refresh.reconcile.system
}

systems contains {"path": ["spec", "lifecycle", stage, step, "system"], "system": part.system} if {
	some stage, how in object.filter(object.get(input, ["spec", "lifecycle"], {}), ["deprovision", "review"])
	some step, part in object.filter(how, ["urgent", "enforcedBy"])
	part.system
}

systems contains {"path": ["spec", "migration", key], "system": system} if {
	some key, system in object.filter(object.get(input, ["spec", "migration"], {}), ["from", "to"])
}

systems contains {"path": ["spec", "lifecycle", stage, "system"], "system": how.system} if {
	some stage, how in input.spec.lifecycle
	how.system
}

systems contains {"path": ["spec", "provisioning", block, "system"], "system": part.system} if {
	some block, part in object.filter(input.spec.provisioning, ["connector", "directory", "hr", "script", "automation"])
	part.system
}

systems contains {"path": ["spec", "provisioning", "attributes", at, "authority"], "system": attribute.authority} if {
	some at, attribute in input.spec.provisioning.attributes
	attribute.authority
}
