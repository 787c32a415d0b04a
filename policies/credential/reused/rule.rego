# METADATA
# title: Credential used twice
# description: If two apps or environments share a credential, revoking it breaks both, and a leak from a test environment also exposes production.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, spec.status, spec.nonHuman, spec.populations]
#   fix: Create a separate credential for each app and environment, and store each one separately.
#   controls:
#     owasp-nhi: [NHI8, NHI9]
package policies.credential.reused

import data.policies.lib.populations

# [index, path, credential] of all valid credentials, in apps that are not retired.
_valid_credentials contains [at, ["spec", "nonHuman", nth], item] if {
	some at, declaration in input.declarations
	declaration.kind == "App"
	not declaration.spec.status == "retired"
	some nth, item in declaration.spec.nonHuman
	not _revoked(item)
}

_valid_credentials contains [at, ["spec", "populations", of, "nonHuman", nth], item] if {
	some at, declaration in input.declarations
	declaration.kind == "App"
	not declaration.spec.status == "retired"
	some [of, population] in populations.of(declaration)
	some nth, item in population.nonHuman
	not _revoked(item)
}

_revoked(item) if item.revokedOn <= data.leaver.today

# The text refers to one secret and not to a whole vault.
_one_secret(vault) if startswith(vault, "arn:")

_one_secret(vault) if {
	contains(vault, "://")
	not startswith(vault, "http")
	count(split(vault, "/")) >= 4
}

_one_secret(vault) if {
	startswith(vault, "https://")
	count(split(vault, "/")) >= 5
}

# The issuer creates the ids of these kinds. Names that people choose may repeat.
_issued(item) if {
	item.kind in {"api-key", "certificate", "oauth-client", "personal-token", "scim-token", "ssh-key", "webhook"}
	count(item.id) >= 8
	regex.match(`[0-9]`, item.id)
}

# [vault or id, index, path, key, credential], sorted so that equal values are neighbours.
_vaults := sort([[item.vault, at, path, "vault", item] |
	some [at, path, item] in _valid_credentials
	item.kind != "workload-identity"
	_one_secret(item.vault)
])

_ids := sort([[concat(" ", [item.kind, item.id]), at, path, "id", item] |
	some [at, path, item] in _valid_credentials
	_issued(item)
])

_credential(entry) := entry[4]

_app(entry) := input.declarations[entry[1]].metadata.name

# Pairs of neighbours with the same vault or id, from two apps or from different environments of one app.
_reuses contains [first, second] if {
	some entries in [_vaults, _ids]
	some at, second in entries
	at > 0
	first := entries[at - 1]
	first[0] == second[0]
	_are_separate(first, second)
}

_are_separate(first, second) if _app(first) != _app(second)

_are_separate(first, second) if {
	first[1] == second[1]
	_credential(first).environments != _credential(second).environments
}

# The finding about the same vault already reports the pair.
_same_vault(first, second) if {
	second[3] == "id"
	_credential(first).vault == _credential(second).vault
}

findings contains {"declaration": second[1], "path": array.concat(second[2], [second[3]]), "message": message, "related": related} if {
	some [first, second] in _reuses
	not _same_vault(first, second)
	related := [{"declaration": first[1], "path": array.concat(first[2], [first[3]]), "message": "the other use"}]
	message := sprintf("%s: the credential `%s` has the same `%s` as `%s` of %s", [
		_app(second), _credential(second).name, second[3], _credential(first).name, _app(first),
	])
}

findings contains {"declaration": at, "path": array.concat(path, ["environments"]), "message": message} if {
	some [at, path, item] in _valid_credentials
	count(item.environments) > 1
	message := sprintf("%s: the credential `%s` is used in %d environments", [
		input.declarations[at].metadata.name, item.name, count(item.environments),
	])
}
