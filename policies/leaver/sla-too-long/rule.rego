# METADATA
# title: Accounts stay open too long
# description: Until the account is closed, a leaver can still sign in. Sessions and tokens keep the access open until they are revoked. The
#   acceptable time depends on how critical the app is.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Shorten `slaHours` of the stage in `spec.lifecycle`, change the mechanism if necessary, or waive the finding.
#   controls:
#     nist-800-53: ["AC-2(13)", PS-4a, AC-2h.2, "AC-2(3)", AC-2l]
#     iso-27001: [A.6.5]
#     pci-dss: ["8.2.5"]
#   params:
#     maxHours:
#       type: object
#       default: {"1": 1, "2": 24, "3": 72, "4": 168}
#       description: Maximum time from the last day to the closed account, in hours by tier
#       unit: hours
#       source: PCI DSS 8.2.5 (immediately) and FedRAMP Moderate PS-4a (4 hours); the steps by tier are a judgement
#     maxRevokeHours:
#       type: object
#       default: {"1": 24, "2": 72, "3": 168, "4": 336}
#       description: Maximum time from the last day to the revocation of sessions and tokens, in hours by tier
#       unit: hours
#       source: "a judgement: NIST SP 800-53 PS-4b requires the revocation of credentials and sessions together with the account; manual
#         work takes a day or more"
package policies.leaver["sla-too-long"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

_limit := data.leaver.params["leaver/sla-too-long"].maxHours[sprintf("%d", [apps.tier])]

_tier := sprintf("tier %d", [apps.tier]) if input.spec.tier

_tier := sprintf("an app without a tier (counted as %d)", [apps.tier]) if not input.spec.tier

findings contains {"path": ["spec", "lifecycle", "deprovision", "slaHours"], "message": message} if {
	apps.alive
	some hours in [input.spec.lifecycle.deprovision.slaHours]
	some limit in [_limit]
	hours > limit
	message := sprintf("%s: `deprovision` may take %v h (limit for %s: %v h)", [input.metadata.name, hours, _tier, limit])
}

# For each stage: a description, and the key with the lifetime of the sessions or credentials that the stage revokes.
_ends := {
	"revokeSessions": ["revoking sessions", "maxSessionHours"],
	"revokeCredentials": ["revoking tokens and keys", "maxLifeHours"],
}

_last := data.leaver.params["leaver/sla-too-long"].maxRevokeHours[sprintf("%d", [apps.tier])]

_by_itself(stage, key) if input.spec.lifecycle[stage][key] <= _last

default _severity := "warning"

_severity := "error" if apps.tier == 1

findings contains {"path": ["spec", "lifecycle", stage, "slaHours"], "message": message, "severity": _severity} if {
	apps.alive
	some stage, [what, key] in _ends
	mechanisms.done(stage)
	some hours in [input.spec.lifecycle[stage].slaHours]
	some limit in [_last]
	hours > limit
	not _by_itself(stage, key)
	message := sprintf("%s: %s may take %v h (limit for %s: %v h)", [input.metadata.name, what, hours, _tier, limit])
}
