# METADATA
# title: System that leaves a decision open
# description: A System that does not say what it is, whose credential it works with or which queues it has cannot be judged, and neither can the
#   apps that rely on it. A declaration that leaves out what is inconvenient would pass more easily than one that says it.
# custom:
#   severity: info
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   fix: Declare the value. If nobody knows it, the owner of the System has to find out.
#   controls:
#     nist-800-53: ["AC-2a", "IA-4"]
#     iso-27001: ["A.5.9"]
#     cis-v8: ["2.1"]
package policies.mechanism["system-undecided"]

import data.policies.lib.acting

_systems contains {"name": name, "at": at, "spec": input.declarations[at].spec} if some [name, at] in acting.declared

findings contains {"declaration": system.at, "path": ["spec", "kind"], "message": message, "severity": "error"} if {
	some system in _systems
	not system.spec.kind
	message := sprintf("%s: nothing says what it is", [system.name])
}

# Some of the stages that need to know.
_places(steps, key) := [{"declaration": step.at, "path": ["spec", "lifecycle", step.stage, key], "message": "a stage that relies on it"} |
	some step in array.slice(steps, 0, 5)
]

findings contains {"declaration": system.at, "path": ["spec", "queues"], "message": message, "severity": severity, "related": related} if {
	some system in _systems
	system.spec.kind == "ticketing"
	count(object.get(system.spec, "queues", [])) == 0
	related := _places([step | some step in acting.by_system[system.name]; step.queued], "queue")
	severity := _if_used(related)
	message := sprintf("%s: nothing says which queues it has", [system.name])
}

_if_used(places) := "error" if count(places) > 0

_if_used(places) := "info" if count(places) == 0

# `automation/no-credential` asks it of an automation product.
findings contains {"declaration": system.at, "path": path, "message": message, "severity": "error", "related": related} if {
	some system in _systems
	not system.spec.kind == "automation"
	not system.spec.runsAs.kind
	path := ["spec", "runsAs", "kind"]
	related := _places([step | some step in acting.by_system[system.name]; not step.signed], "via")
	count(related) > 0
	message := sprintf("%s: it changes accounts, and nothing says what it signs in with", [system.name])
}

# Kinds that a person or the organisation can have.
_of_somebody := {"api-key", "certificate", "oauth-client", "ssh-key"}

findings contains {"declaration": system.at, "path": path, "message": message, "severity": "error"} if {
	some system in _systems
	system.spec.runsAs.kind in _of_somebody
	not system.spec.runsAs.boundTo
	path := ["spec", "runsAs", "boundTo"]
	message := sprintf("%s: nothing says whose credential it signs in with", [system.name])
}
