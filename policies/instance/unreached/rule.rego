# METADATA
# title: Instance that deprovisioning does not reach
# description: Deprovisioning acts on production. A sandbox, a training system or a subsidiary's tenant has its own accounts, often with a copy of the
#   data, and leavers keep these accounts. At tier 1 and 2, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Connect the instance to the deprovisioning mechanism and set `deprovisioned: true`, or declare in its `closedBy` who closes its
#     accounts (`owner`), and how (`via`)."
#   controls:
#     nist-800-53: ["AC-2f", "PS-4a", "AC-2(3)(a)"]
#     pci-dss: ["8.2.5", "8.2.7"]
#     cis-v8: ["6.2"]
package policies.instance.unreached

import data.policies.lib.apps
import data.policies.lib.instances
import data.policies.lib.observed
import data.policies.lib.ways

default _severity := "warning"

_severity := "error" if apps.tier <= 2

_production := {at | some at, instance in instances.live; instance.environment == "production"}

# The lifecycle of the app covers its only production instance.
_covered_by_lifecycle(at) if _production == {at}

_unreached[at] := instance if {
	some at, instance in instances.live
	not instance.deprovisioned == true
	not instances.closed(object.get(instance, "closedBy", {}))
}

findings contains {"path": ["spec", "instances", at, "deprovisioned"], "message": message, "severity": _severity} if {
	some at, instance in _unreached
	not instance.deprovisioned == false
	not _covered_by_lifecycle(at)
	message := sprintf("%s: the instance `%s` does not declare whether deprovisioning closes its accounts (`deprovisioned`)", [input.metadata.name, instance.name])
}

findings contains {"path": ["spec", "instances", at, "closedBy", key], "message": message, "severity": _severity} if {
	some at, instance in _unreached
	instance.deprovisioned == false
	key := instances.missing(object.get(instance, "closedBy", {}))
	message := sprintf("%s: deprovisioning does not close accounts in the instance `%s`, and `closedBy` does not declare what closes them", [input.metadata.name, instance.name])
}

# The only server on which SCIM closes accounts.
_server := observed.host(input.spec.provisioning.scim.endpoint) if input.spec.lifecycle[ways.closing].via == "scim"

_host(instance) := observed.host(concat("", ["https://", instance.host]))

_at_endpoint contains at if {
	some at, instance in instances.live
	_host(instance) == _server
}

# Deprovisioning is declared to reach the instance, or the lifecycle covers the instance.
_reached(_, instance) if instance.deprovisioned == true

_reached(at, instance) if {
	not instance.deprovisioned == false
	_covered_by_lifecycle(at)
}

findings contains {"path": ["spec", "instances", at, "host"], "message": message, "severity": _severity, "related": related} if {
	count(_at_endpoint) > 0
	some at, instance in instances.live
	_reached(at, instance)
	not instances.closed(object.get(instance, "closedBy", {}))
	some host in [_host(instance)]
	host != _server
	message := sprintf("%s: SCIM closes accounts at `%s`, but the instance `%s` is at `%s`", [input.metadata.name, _server, instance.name, host])
	related := [{
		"kind": "App", "name": input.metadata.name, "path": ["spec", "provisioning", "scim", "endpoint"], "message": "the only server that receives deactivations",
	}]
}
