# METADATA
# title: Owner of a stage that is not done
# description: The stage has an owner, but `via` is `none`. A team seems to be responsible, but nobody does the work.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `via` to the mechanism that performs the stage, for example `admin` or `ticket`. If the stage is not done, remove the owner; another
#     rule then reports the missing stage.
#   controls:
#     nist-800-53: ["AC-2a"]
#     iso-27001: ["A.5.18"]
#     cis-v8: ["6.2"]
package policies.owner["of-nothing"]

import data.policies.lib.apps

# For create, remove and reactivate, `none` can be a decision. `leaver/never-closed` and `review/no-owner` check deprovision and review.
_required_stages := ["update", "entitle", "revokeSessions", "revokeCredentials", "transfer", "reclaim", "reconcile"]

_expires(stage, how) if {
	stage == "revokeSessions"
	how.maxSessionHours
}

_expires(stage, how) if {
	stage == "revokeCredentials"
	how.maxLifeHours
}

findings contains {"path": ["spec", "lifecycle", stage, "via"], "message": message} if {
	apps.alive
	some stage, how in object.filter(input.spec.lifecycle, _required_stages)
	how.via == "none"
	how.owner
	not _expires(stage, how)
	message := sprintf("%s: `%s` has the owner `%s`, but its `via` is `none`", [input.metadata.name, stage, how.owner])
}
