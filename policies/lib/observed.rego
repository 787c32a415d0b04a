package policies.lib.observed

import data.policies.lib.apps
import data.policies.lib.ids
import data.policies.lib.mechanisms
import data.policies.lib.sign_ons

# [path, sign-on, observations] of each sign-on. Observations are matched by the system and the `appId` of the sign-on.
applications := [[path, how, found] |
	some [path, how] in sign_ons.current
	found := [observation | some observation in data.leaver.observations[how.system][how.appId]]
]

# Observations of all applications that the app names.
all contains observation if {
	some [_, _, found] in applications
	some observation in found
}

# Observations of the app's SCIM server, matched by the host of the endpoint.
servers contains observation if {
	some observation in data.leaver.observations.scim[endpoint_host]
}

# The declared host of the SCIM server.
endpoint_host := host(input.spec.provisioning.scim.endpoint)

# The host of an address, in lower case and without the port.
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

# [path, sign-on, observation] of applications that a plan removes, or that the exports no longer contain.
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

# The newest complete snapshot of a system. A newer incomplete snapshot, such as that of a plan, does not hide it.
complete(system) := data.leaver.snapshots[system].complete

# Another application of the app in the same system does the provisioning and has the switch on. Some companies use one application for the sign-on
# and another for provisioning.
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

# The app is in use and is not `retiring`.
live if {
	running
	not input.spec.status == "retiring"
}

# The declared mechanisms by which the observed system pushes accounts into the app.
mechanisms_of(system) := {via |
	some via in _pushing
	_acts_by(via, system)
}

_pushing contains via if {
	some via in mechanisms.used
	via in {"scim", "connector"}
}

# The system of a stage overrides the system of the block or of the sign-on.
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
