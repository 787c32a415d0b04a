# METADATA
# title: System with missing keys
# description: Without the kind, credential or queues of a System, rules cannot check the System or the apps that depend on it. Without this
#   finding, a declaration could hide other findings by omitting a key.
# custom:
#   severity: info
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, spec.status, spec.kind, spec.fedBy, spec.sourceOfTruth, spec.signOn, spec.populations, spec.provisioning.*.system, spec.provisioning.*.credential, spec.lifecycle.*.via, spec.lifecycle.*.system, spec.lifecycle.*.queue, spec.lifecycle.*.credential, spec.lifecycle.*.slaHours, spec.lifecycle.*.urgent.slaHours, spec.lifecycle.*.signal.everyHours, spec.queues, spec.runsAs]
#   fix: Set the key. If the value is unknown, the owner of the System must find out.
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
	message := sprintf("%s: the System has no `kind`", [system.name])
}

# The first five stages that depend on the key.
_places(steps, key) := [{"declaration": step.at, "path": ["spec", "lifecycle", step.stage, key], "message": "a stage that depends on it"} |
	some step in array.slice(steps, 0, 5)
]

findings contains {"declaration": system.at, "path": ["spec", "queues"], "message": message, "severity": severity, "related": related} if {
	some system in _systems
	system.spec.kind == "ticketing"
	count(object.get(system.spec, "queues", [])) == 0
	related := _places([step | some step in acting.by_system[system.name]; step.has_queue], "queue")
	severity := _severity_by_use(related)
	message := sprintf("%s: the System has no `queues`", [system.name])
}

_severity_by_use(places) := "error" if count(places) > 0

_severity_by_use(places) := "info" if count(places) == 0

# `automation/no-credential` reports an automation product.
findings contains {"declaration": system.at, "path": path, "message": message, "severity": "error", "related": related} if {
	some system in _systems
	not system.spec.kind == "automation"
	not system.spec.runsAs.kind
	path := ["spec", "runsAs", "kind"]
	related := _places([step | some step in acting.by_system[system.name]; not step.has_credential], "via")
	count(related) > 0
	message := sprintf("%s: the System changes accounts, but has no `runsAs`, so its credential is unknown", [system.name])
}

# Kinds of credentials that can belong to a person or to the organisation.
_ambiguous_kinds := {"api-key", "certificate", "oauth-client", "ssh-key"}

findings contains {"declaration": system.at, "path": path, "message": message, "severity": "error"} if {
	some system in _systems
	system.spec.runsAs.kind in _ambiguous_kinds
	not system.spec.runsAs.boundTo
	path := ["spec", "runsAs", "boundTo"]
	message := sprintf("%s: `runsAs` has no `boundTo`, so it is unclear whose credential it is", [system.name])
}
