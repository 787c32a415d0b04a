package policies.lib.without_push

import data.policies.lib.emergency
import data.policies.lib.mechanisms
import data.policies.lib.sign_ons
import data.policies.lib.vendors
import data.policies.lib.ways

# The access that a leaver keeps if only the identity provider refuses the person.

_lifecycle := input.spec.lifecycle

done_in_product(stage) if {
	mechanisms.done(stage)
	not ways.at_idp(_lifecycle[stage])
	not _lifecycle[stage].via in {"scim", "jit"}
}

# The kinds of access that end in another way.
ended contains "account" if done_in_product("remove")

ended contains "keys" if done_in_product("revokeCredentials")

ended contains "keys" if _lifecycle.revokeCredentials.maxLifeHours

# `vendor/contradicts` reports an app whose declaration contradicts the fact.
ended contains "keys" if input.spec.issuesTokens == false

ended contains "keys" if input.spec.issues == []

ended contains "sessions" if done_in_product("revokeSessions")

ended contains "sessions" if _lifecycle.revokeSessions.maxSessionHours

# The identity provider sends a logout to the product.
ended contains "sessions" if _lifecycle.revokeSessions.method in sign_ons.logout_methods

ended contains "password" if {
	count(sign_ons.federated) > 0
	emergency.sign_on_enforced
}

_names := {
	"account": "the account",
	"sessions": "open sessions",
	"keys": "keys",
	"password": "a password",
}

kinds := ["account", "sessions", "keys", "password"]

_kept := {thing | some thing in vendors.facts.withoutPush.value} - ended

kept_names(candidates) := [_names[thing] |
	some thing in candidates
	thing in _kept
]
