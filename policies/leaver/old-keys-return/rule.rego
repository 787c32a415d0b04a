# METADATA
# title: Returning people get their old keys back
# description: This product blocks the keys of a deactivated person and does not delete them. After the reactivation, the old keys work again,
#   although the person may have other roles, or somebody else may have copied a key.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Have the keys deleted when the person leaves: set `via` of `spec.lifecycle.revokeCredentials` to a script or a ticket."
#   controls:
#     nist-800-53: [PS-4b, IA-5, AC-2l]
#     soc2: [CC6.2/Prevents-the-Use-of-Credentials-When-No-Longer-Valid]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.leaver["old-keys-return"]

import data.policies.lib.apps
import data.policies.lib.ending
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_days := data.leaver.params["leaver/old-keys-return"].maxFactAgeDays

_stage := input.spec.lifecycle.reactivate

# The account is deleted, and its keys with it.
_deleted if input.spec.lifecycle.deprovision.effect == "delete"

_deleted if ending.sends == "delete"

# SCIM deactivates the account and deletes no keys.
_left_to_product if input.spec.lifecycle.revokeCredentials.via == "scim"

_left_to_product if not mechanisms.done("revokeCredentials")

_no_keys if input.spec.issuesTokens == false

_no_keys if input.spec.issues == []

findings contains {"path": ["spec", "lifecycle", "reactivate", "roles"], "message": message} if {
	apps.alive
	_stage.roles in {"empty", "default"}
	not _stage.via == "none"
	fact := vendors.facts.keysOnReturn
	fact.value == "restored"
	vendors.fresh(fact, _days)
	_left_to_product
	not _deleted
	not _no_keys
	message := sprintf("%s: old roles should not come back, but %s restores the keys of a reactivated account (%s)", [
		input.metadata.name, vendors.vendor.title, vendors.cited(fact),
	])
}
