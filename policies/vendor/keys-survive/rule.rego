# METADATA
# title: Keys or sessions that outlive the account in this product
# description: The vendor documents that the keys or sessions of a person go on working after the account was deactivated, and the
#   declaration names nobody who ends them.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Declare `spec.lifecycle.revokeCredentials` or `spec.lifecycle.revokeSessions`: what ends them, and who answers for it."
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

# Fact → stage that ends what survives, and what that is called.
_stages := {"keys": ["revokeCredentials", "keys and tokens of a person"], "sessions": ["revokeSessions", "open sessions"]}

findings contains {"path": ["spec", "lifecycle"], "message": message} if {
	apps.alive
	input.spec.lifecycle
	some name, [stage, what] in _stages
	fact := vendors.facts[name]
	fact.value == "survive"
	vendors.fresh(fact, _days)
	not mechanisms.done(stage)
	not _asked(name)
	message := sprintf("%s: %s survive the deactivation in %s, and nothing is declared in `%s` (%s)", [
		input.metadata.name, what, vendors.vendor.title, stage, vendors.cited(fact),
	])
}

# `leaver/credentials-survive` asks where the app itself says that people make tokens.
_asked("keys") if input.spec.issuesTokens == true

_asked("keys") if count(input.spec.issues) > 0

# They end by themselves, which that rule compares with its limit.
_asked("keys") if input.spec.lifecycle.revokeCredentials.maxLifeHours
