# METADATA
# title: Keys or sessions that survive deactivation in this product
# description: According to the vendor, deactivating an account does not end open sessions, or does not end keys that the person created. No stage
#   revokes this access, or only SCIM does.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `via` and `owner` of `spec.lifecycle.revokeCredentials` or `spec.lifecycle.revokeSessions`, for example to a script or a ticket."
#   controls:
#     nist-800-53: [PS-4b, AC-2l]
#     soc2: [CC6.2/Prevents-the-Use-of-Credentials-When-No-Longer-Valid]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.vendor["keys-survive"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_days := data.leaver.params["vendor/keys-survive"].maxFactAgeDays

findings contains {"path": path, "message": message} if {
	apps.alive
	input.spec.lifecycle
	some stage, surviving in vendors.survivors
	vendors.fresh(surviving.fact, _days)
	some [path, why] in _faults(stage, surviving.fact.value)
	message := sprintf("%s: %s survive the deactivation in %s, but `%s` %s (%s)", [
		input.metadata.name, surviving.what, vendors.vendor.title, stage, why, vendors.cited(surviving.fact),
	])
}

_faults(stage, _) := [[["spec", "lifecycle"], "is not done"]] if {
	not mechanisms.done(stage)
	not _reported_elsewhere(stage)
}

# A push deactivates the account and nothing else.
_faults(stage, value) := [[["spec", "lifecycle", stage, "via"], "has `via: scim`"]] if {
	input.spec.lifecycle[stage].via == "scim"
	mechanisms.done(stage)
	not _ends_with_account(stage, value)
}

# Keys of a person end with the account, but keys of the organisation do not.
_ends_with_account(stage, "partly") if {
	covered := {kind | some kind in input.spec.lifecycle[stage].covers}
	count(covered) > 0
	count(covered & {"apiKeys", "serviceAccounts"}) == 0
}

# If the app declares that people create tokens, `leaver/credentials-survive` reports the missing stage.
_reported_elsewhere("revokeCredentials") if input.spec.issuesTokens == true

_reported_elsewhere("revokeCredentials") if count(input.spec.issues) > 0

# The keys expire, and `leaver/credentials-survive` checks their lifetime.
_reported_elsewhere("revokeCredentials") if input.spec.lifecycle.revokeCredentials.maxLifeHours
