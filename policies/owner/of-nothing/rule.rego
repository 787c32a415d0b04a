# METADATA
# title: Owner of a stage that nothing does
# description: The stage has an owner and `via` is `none`, so the owner owns nothing. On paper the duty is in good hands, and nobody does it.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Name in `via` how the owner does it, for example `admin` or `ticket`. If it is not done, remove the owner; what follows from that is reported
#     by the rule of the stage.
#   controls:
#     nist-800-53: ["AC-2a"]
#     iso-27001: ["A.5.18"]
#     cis-v8: ["6.2"]
package policies.owner["of-nothing"]

import data.policies.lib.apps

# To create, remove or reactivate nothing is a decision, and `leaver/never-closed` and `review/no-owner` look at the other two.
_duties := ["update", "entitle", "revokeSessions", "revokeCredentials", "transfer", "reclaim", "reconcile"]

_left_to_expire(stage, how) if {
	stage == "revokeSessions"
	how.maxSessionHours
}

_left_to_expire(stage, how) if {
	stage == "revokeCredentials"
	how.maxLifeHours
}

findings contains {"path": ["spec", "lifecycle", stage, "via"], "message": message} if {
	apps.alive
	some stage, how in object.filter(input.spec.lifecycle, _duties)
	how.via == "none"
	how.owner
	not _left_to_expire(stage, how)
	message := sprintf("%s: `%s` has the owner `%s`, but nothing does it", [input.metadata.name, stage, how.owner])
}
