package policies.lib.personal

import data.policies.lib.credentials

# Kinds of credentials that people can have, as declared.
declared := {kind | some kind in input.spec.issues}

# Indexes of grants that a person gave. Somebody must revoke such a grant when the person leaves.
personal_grants contains at if {
	some at, grant in credentials.grants
	grant.boundTo == "person"
}

consents := {"oauthGrants" | count(personal_grants) > 0}

# A personal token in the list shows that people can create tokens.
personal_tokens := {"personalTokens" |
	some item in credentials.live
	item.kind == "personal-token"
}

# Names of grants without `boundTo`.
unbound := [grant.name | some grant in credentials.grants; not grant.boundTo]
