package policies.lib.personal

import data.policies.lib.credentials

# Kinds of credentials that the app says people can have.
declared := {kind | some kind in input.spec.issues}

# Places of grants that a person gave: they go with the person only if somebody takes them away.
given contains at if {
	some at, grant in credentials.grants
	grant.boundTo == "person"
}

consents := {"oauthGrants" | count(given) > 0}

# A token of a person in the list shows that people can make some.
shown := {"personalTokens" |
	some item in credentials.live
	item.kind == "personal-token"
}

# Names of grants of which nobody says who gave them.
unsaid := [grant.name | some grant in credentials.grants; not grant.boundTo]
