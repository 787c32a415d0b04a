package policies.lib.observed

import data.policies.lib.mechanisms
import data.policies.lib.sign_ons

# [path of a sign-on, sign-on, observations of the application that it names], by system and `appId`.
applications := [[path, how, found] |
	some [path, how] in sign_ons.current
	found := [observation | some observation in data.leaver.observations[how.system][how.appId]]
]

# Observations of all applications that the app names. Those of its SCIM server come by the host of the endpoint.
all contains observation if {
	some [_, _, found] in applications
	some observation in found
}

servers contains observation if {
	some observation in data.leaver.observations.scim[endpoint_host]
}

# The host that the app declares for its SCIM server.
endpoint_host := host(input.spec.provisioning.scim.endpoint)

# Host of an address, in lower case.
host(address) := split(split(split(lower(address), "://")[1], "/")[0], ":")[0]

# Those that are there.
present contains observation if {
	some observation in all
	not observation.spec.status == "absent"
}

# [path, sign-on, observation] of those that are there.
shown contains [path, how, observation] if {
	some [path, how, found] in applications
	some observation in found
	not observation.spec.status == "absent"
}

# The same of those that are not: what a plan removes, whatever is there now; else what no export shows any more.
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

# The snapshot that an observation was taken with.
snapshot(observation) := data.leaver.snapshots[observation.spec.system].of[observation.metadata.name]

# The newest complete snapshot of a system. One that is incomplete, such as a plan's, does not hide it.
complete(system) := data.leaver.snapshots[system].complete

# The app is in use: not planned, only discovered, or retired.
running if not _aside

_aside if input.spec.status in {"planned", "discovered", "retired"}

# In use, and to stay so.
live if {
	running
	not input.spec.status == "retiring"
}

# Ways by which the observed system pushes accounts into the app, as the app declares it.
ways(system) := {via |
	some via in _pushing
	_by(via, system)
}

_pushing contains via if {
	some via in mechanisms.used
	via in {"scim", "connector"}
}

# What stages name goes before what the block or the sign-in names.
_by(via, system) if system in _named(via)

_by(via, system) if {
	count(_named(via)) == 0
	system in mechanisms.systems(via)
}

_named(via) := {how.system |
	some how in input.spec.lifecycle
	how.via == via
}

# Where something is observed, in words.
place(observation) := sprintf("in %s", [observation.spec.system]) if not observation.spec.planned == true

place(observation) := sprintf("in %s once the plan is applied", [observation.spec.system]) if observation.spec.planned == true

related(observation, path, message) := {
	"kind": "Observation", "name": observation.metadata.name, "path": array.concat(["spec"], path), "message": message,
}
