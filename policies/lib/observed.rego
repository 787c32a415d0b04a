package policies.lib.observed

import data.policies.lib.apps
import data.policies.lib.ids
import data.policies.lib.mechanisms
import data.policies.lib.sign_ons

# [path of a sign-on, sign-on, observations of the application that it names], by system and `appId`.
applications := [[path, how, found] |
	some [path, how] in sign_ons.current
	found := [observation | some observation in data.leaver.observations[how.system][how.appId]]
]

# Observations of all applications that the app names. Observations of its SCIM server are matched by the host of the endpoint.
all contains observation if {
	some [_, _, found] in applications
	some observation in found
}

servers contains observation if {
	some observation in data.leaver.observations.scim[endpoint_host]
}

# The declared host of the SCIM server.
endpoint_host := host(input.spec.provisioning.scim.endpoint)

# Host of an address, in lower case.
host(address) := split(split(split(lower(address), "://")[1], "/")[0], ":")[0]

# Observations of applications that exist.
present contains observation if {
	some observation in all
	not observation.spec.status == "absent"
}

# [path, sign-on, observation] of applications that exist.
existing contains [path, how, observation] if {
	some [path, how, found] in applications
	some observation in found
	not observation.spec.status == "absent"
}

# [path, sign-on, observation] of applications that a plan removes, or that no export contains any more.
gone contains [path, how, observation] if {
	some [path, how, found] in applications
	some observation in found
	observation.spec.status == "absent"
	observation.spec.planned == true
}

gone contains [path, how, observation] if {
	some [path, how, found] in applications
	some observation in found
	observation.spec.status == "absent"
	count([other | some other in found; not other.spec.status == "absent"; not other.spec.planned == true]) == 0
}

# The snapshot of an observation.
snapshot(observation) := data.leaver.snapshots[observation.spec.system].of[observation.metadata.name]

# The newest complete snapshot of a system. An incomplete one, such as a plan's, does not hide it.
complete(system) := data.leaver.snapshots[system].complete

# Another application of the app in the same system does the provisioning and has the switch on. Companies use one application for the
# sign-on and another for provisioning.
elsewhere(observation, switch) if {
	some other in present
	not other.spec.status == "inactive"
	not other.spec.provisioning.enabled == false
	other.spec.system == observation.spec.system
	ids.compared(other.spec.appId) != ids.compared(observation.spec.appId)
	object.get(other.spec, switch, false) == true
}

# The app is set up, so differences from the declaration count: it is not planned or retired.
compared if {
	apps.alive
	not input.spec.status == "planned"
}

# The app is in use: it is not planned, discovered or retired.
running if not _not_in_use

_not_in_use if input.spec.status in {"planned", "discovered", "retired"}

# In use, and not `retiring`.
live if {
	running
	not input.spec.status == "retiring"
}

# Mechanisms by which the observed system pushes accounts into the app, as declared.
mechanisms_of(system) := {via |
	some via in _pushing
	_acts_by(via, system)
}

_pushing contains via if {
	some via in mechanisms.used
	via in {"scim", "connector"}
}

# The system of a stage overrides that of the block or the sign-on.
_acts_by(via, system) if system in _declared_systems(via)

_acts_by(via, system) if {
	count(_declared_systems(via)) == 0
	system in mechanisms.systems(via)
}

_declared_systems(via) := {how.system |
	some how in input.spec.lifecycle
	how.via == via
}

# Text for the place of an observation.
place(observation) := sprintf("in %s", [observation.spec.system]) if not observation.spec.planned == true

place(observation) := sprintf("in %s once the plan is applied", [observation.spec.system]) if observation.spec.planned == true

related(observation, path, message) := {
	"kind": "Observation", "name": observation.metadata.name, "path": array.concat(["spec"], path), "message": message,
}
