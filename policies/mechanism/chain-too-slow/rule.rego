# METADATA
# title: Promise that the chain behind it cannot keep
# description: A change starts in the source of truth and passes every import on its way to the app. An app that is pushed within the hour
#   is a day late if its identity provider hears of leavers once a night, and nobody sees it, because each System for itself is quick
#   enough.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten the slowest import on the way (`syncMinutes` in `fedBy` of the System, or `everyHours` of the signal), let something end
#     the access that hears of it sooner, or raise the `slaHours` of the stage if the delay is acceptable.
#   controls:
#     nist-800-53: ["AC-2(3)", "PS-4a", "PS-5b"]
#     pci-dss: ["8.2.5"]
#     iso-27001: ["A.6.5"]
package policies.mechanism["chain-too-slow"]

import data.policies.lib.apps
import data.policies.lib.chains
import data.policies.lib.feeds

# Stages that follow a change of the source: joiner, mover, leaver. Place → {stage, via, hours}.
_promised[["spec", "lifecycle", stage, "slaHours"]] := {"stage": stage, "via": how.via, "hours": how.slaHours} if {
	some stage in ["create", "update", "entitle", "deprovision", "revokeSessions", "revokeCredentials"]
	some how in [input.spec.lifecycle[stage]]
	how.slaHours >= 0
	how.via
}

# An emergency waits for the imports too, unless somebody is asked to end the access by hand.
_promised[["spec", "lifecycle", "deprovision", "urgent", "slaHours"]] := {"stage": "deprovision", "via": how.via, "hours": how.slaHours} if {
	some how in [input.spec.lifecycle.deprovision.urgent]
	how.slaHours >= 0
	how.via in apps.automatic
	not _asked
}

_asked if input.spec.lifecycle.deprovision.urgent.queue

_asked if input.spec.lifecycle.deprovision.urgent.runbook

_asked if input.spec.lifecycle.deprovision.urgent.atSource == true

# Place → all of it: {stage, hours, own, total, path}.
_chains[place] := {"stage": promise.stage, "hours": promise.hours, "own": own, "total": own + before, "path": path} if {
	some place, promise in _promised
	own := chains.last(promise.via, promise.stage)
	[before, path] := chains.before(promise.stage)
}

findings contains {"path": place, "message": message, "related": related} if {
	apps.alive
	some place, chain in _chains
	chain.total > chain.hours * 60
	not _told(place, chain)
	message := sprintf("%s: `%s` within %v h cannot be kept: %s → (%s) %s = %s > %v h", [
		input.metadata.name, _name(place), chain.hours, chains.said(chain.stage, chain.path), feeds.time_of(chain.own), input.metadata.name,
		feeds.time_of(chain.total), chain.hours,
	])
	related := feeds.places(chain.path)
}

_name(place) := place[2] if count(place) == 4

_name(place) := "deprovision.urgent" if count(place) == 5

# `scim/sync-misses-sla` tells it already.
_told(place, chain) if {
	place == ["spec", "lifecycle", "deprovision", "slaHours"]
	chain.own > chain.hours * 60
}
