# METADATA
# title: SLA that the chain of imports cannot meet
# description: A change starts in the source of truth and passes every import on its way to the app. If the identity provider learns of
#   leavers once a night, a push within the hour is still a day late. Each System alone looks fast enough.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten the slowest import (`syncMinutes` in `fedBy` of the System, or `everyHours` of the signal), use a mechanism that learns of
#     leavers sooner, or raise `slaHours` of the stage if the delay is acceptable.
#   controls:
#     nist-800-53: ["AC-2(3)", "PS-4a", "PS-5b"]
#     pci-dss: ["8.2.5"]
#     iso-27001: ["A.6.5"]
package policies.mechanism["chain-too-slow"]

import data.policies.lib.apps
import data.policies.lib.chains
import data.policies.lib.feeds

# The stages that follow a change in the source of truth, by path: {stage, via, hours}.
_promised[["spec", "lifecycle", stage, "slaHours"]] := {"stage": stage, "via": how.via, "hours": how.slaHours} if {
	some stage in ["create", "update", "entitle", "deprovision", "revokeSessions", "revokeCredentials"]
	some how in [input.spec.lifecycle[stage]]
	how.slaHours >= 0
	how.via
}

# An urgent path waits for imports too, unless people are asked to end the access by hand.
_promised[["spec", "lifecycle", "deprovision", "urgent", "slaHours"]] := {"stage": "deprovision", "via": how.via, "hours": how.slaHours} if {
	some how in [input.spec.lifecycle.deprovision.urgent]
	how.slaHours >= 0
	how.via in apps.automatic
	not _done_by_people
}

_done_by_people if input.spec.lifecycle.deprovision.urgent.queue

_done_by_people if input.spec.lifecycle.deprovision.urgent.runbook

_done_by_people if input.spec.lifecycle.deprovision.urgent.atSource == true

# The whole chain of each stage, by path: {stage, hours, own, total, path}.
_chains[place] := {"stage": promise.stage, "hours": promise.hours, "own": own, "total": own + before, "path": path} if {
	some place, promise in _promised
	own := chains.last_step(promise.via, promise.stage)
	[before, path] := chains.way_to_system(promise.stage)
}

findings contains {"path": place, "message": message, "related": related} if {
	apps.alive
	some place, chain in _chains
	chain.total > chain.hours * 60
	not _reported_elsewhere(place, chain)
	message := sprintf("%s: `slaHours` of `%s` is %v h, but imports take longer: %s → (%s) %s = %s > %v h", [
		input.metadata.name, _name(place), chain.hours, chains.path_text(chain.stage, chain.path), feeds.time_of(chain.own), input.metadata.name,
		feeds.time_of(chain.total), chain.hours,
	])
	related := feeds.places(chain.path)
}

_name(place) := place[2] if count(place) == 4

_name(place) := "deprovision.urgent" if count(place) == 5

# `scim/sync-misses-sla` reports an SLA that the last step alone exceeds.
_reported_elsewhere(place, chain) if {
	place == ["spec", "lifecycle", "deprovision", "slaHours"]
	chain.own > chain.hours * 60
}
