# METADATA
# title: Keys or sessions that survive deactivation in this product
# description: The vendor documents that a person's keys or sessions keep working after the account is deactivated, and no stage revokes
#   them, or only the push that deactivates the account.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `via` and `owner` of `spec.lifecycle.revokeCredentials` or `spec.lifecycle.revokeSessions`."
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
#       source: "none by default; `strict` takes two years: products change faster than their documentation is read"
package policies.vendor["keys-survive"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_days := data.leaver.params["vendor/keys-survive"].maxFactAgeDays

# Fact → [stage that revokes what survives, its name].
_stages := {"keys": ["revokeCredentials", "keys and tokens of a person"], "sessions": ["revokeSessions", "open sessions"]}

findings contains {"path": ["spec", "lifecycle"], "message": message} if {
	apps.alive
	input.spec.lifecycle
	some name, [stage, what] in _stages
	fact := vendors.facts[name]
	fact.value == "survive"
	vendors.fresh(fact, _days)
	not mechanisms.done(stage)
	not _reported_elsewhere(name)
	message := sprintf("%s: %s survive the deactivation in %s, but `%s` is not done (%s)", [
		input.metadata.name, what, vendors.vendor.title, stage, vendors.cited(fact),
	])
}

# What deactivates the account is also declared to end them.
findings contains {"path": ["spec", "lifecycle", stage, "via"], "message": message} if {
	apps.alive
	some name, [stage, what] in _stages
	input.spec.lifecycle[stage].via == "scim"
	input.spec.lifecycle.deprovision.via == "scim"
	fact := vendors.facts[name]
	fact.value == "survive"
	vendors.fresh(fact, _days)
	message := sprintf("%s: SCIM is declared to end %s, but they survive the deactivation in %s (%s)", [
		input.metadata.name, what, vendors.vendor.title, vendors.cited(fact),
	])
}

# If the app declares that people create tokens, `leaver/credentials-survive` reports it.
_reported_elsewhere("keys") if input.spec.issuesTokens == true

_reported_elsewhere("keys") if count(input.spec.issues) > 0

# They expire, and that rule checks the lifetime.
_reported_elsewhere("keys") if input.spec.lifecycle.revokeCredentials.maxLifeHours
