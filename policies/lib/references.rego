package policies.lib.references

import data.policies.lib.sign_ons

# [path, step] of each mapping that declares how something is done: a stage, a part of a stage, or `closedBy`.
steps contains [["spec", "lifecycle", stage], how] if some stage, how in input.spec.lifecycle

steps contains [["spec", "lifecycle", stage, part], how] if {
	some stage, parts in object.filter(object.get(input, ["spec", "lifecycle"], {}), ["deprovision", "review"])
	some part, how in object.filter(parts, ["urgent", "enforcedBy"])
}

steps contains [["spec", "external", "closedBy"], input.spec.external.closedBy] if input.spec.external.closedBy

steps contains [array.concat(path, ["closedBy"]), how.closedBy] if {
	some [path, how] in sign_ons.written
	how.closedBy
}

steps contains [["spec", "roles", at, "closedBy"], role.closedBy] if {
	some at, role in input.spec.roles
	role.closedBy
}

steps contains [["spec", "instances", at, "closedBy"], instance.closedBy] if {
	some at, instance in input.spec.instances
	instance.closedBy
}

steps contains [["spec", "instances", at, "refresh", "reconcile"], instance.refresh.reconcile] if {
	some at, instance in input.spec.instances
	instance.refresh.reconcile
}

# Every key of an App that names a System: {path, system}.
systems contains {"path": array.concat(path, ["system"]), "system": how.system} if {
	some [path, how] in steps
	how.system
}

systems contains {"path": ["spec", "sourceOfTruth"], "system": input.spec.sourceOfTruth} if input.spec.sourceOfTruth

systems contains {"path": ["spec", "external", "system"], "system": input.spec.external.system} if input.spec.external.system

systems contains {"path": array.concat(path, ["system"]), "system": how.system} if {
	some [path, how] in sign_ons.written
	how.system
}

systems contains {"path": ["spec", "migration", key], "system": system} if {
	some key, system in object.filter(object.get(input, ["spec", "migration"], {}), ["from", "to"])
}

systems contains {"path": ["spec", "provisioning", block, "system"], "system": part.system} if {
	some block, part in object.filter(input.spec.provisioning, ["connector", "directory", "hr", "script", "automation"])
	part.system
}

systems contains {"path": ["spec", "provisioning", "attributes", at, "authority"], "system": attribute.authority} if {
	some at, attribute in input.spec.provisioning.attributes
	attribute.authority
}
