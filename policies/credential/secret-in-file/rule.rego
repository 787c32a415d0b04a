# METADATA
# title: Secret in the file
# description: Everyone who can read the repository can read the file, and the history keeps its old versions. A committed secret stays
#   exposed after it is deleted.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   secret: true
#   scope: [App, Pattern, Team, System, Waiver]
#   fix: Revoke the secret now, store its replacement in a vault, and declare only where it is stored, for example in `vault`.
#   controls:
#     nist-800-53: ["IA-5(7)"]
#     pci-dss: ["8.6.2"]
#     owasp-nhi: [NHI2]
package policies.credential["secret-in-file"]

import data.policies.lib.secrets

# A quick test of the whole declaration. leaver checks each text only if the declaration matches.
_suspicious if secrets.suspicious(_json)

_suspicious if secrets.long_word(_json)

_json := json.marshal(input)

# [path, text] of each text in `metadata` and `spec`. No key of a declaration is more than five levels below `spec`, except in populations. The rule
# finds deeper values of an app's population in its derived declaration.
_texts contains [[top, a], text] if {
	_suspicious
	some top in ["metadata", "spec"]
	some a
	text := input[top][a]
	is_string(text)
}

_texts contains [[top, a, b], text] if {
	_suspicious
	some top in ["metadata", "spec"]
	some a, b
	text := input[top][a][b]
	is_string(text)
}

# The key of a label may be a secret too.
_texts contains [["metadata", "labels", text], text] if {
	_suspicious
	some text, _ in input.metadata.labels
}

_texts contains [["spec", a, b, c], text] if {
	_suspicious
	some a, b, c
	text := input.spec[a][b][c]
	is_string(text)
}

_texts contains [["spec", a, b, c, d], text] if {
	_suspicious
	some a, b, c, d
	text := input.spec[a][b][c][d]
	is_string(text)
}

_texts contains [["spec", a, b, c, d, e], text] if {
	_suspicious
	some a, b, c, d, e
	text := input.spec[a][b][c][d][e]
	is_string(text)
}

# The populations of a Pattern have no derived declarations.
_texts contains [["spec", "populations", at, a, b, c, d], text] if {
	_suspicious
	input.kind == "Pattern"
	some at, a, b, c, d
	text := input.spec.populations[at][a][b][c][d]
	is_string(text)
}

_texts contains [["spec", "populations", at, a, b, c, d, e], text] if {
	_suspicious
	input.kind == "Pattern"
	some at, a, b, c, d, e
	text := input.spec.populations[at][a][b][c][d][e]
	is_string(text)
}

# An AWS access key id in `id` is not a secret.
_kinds(path, text) := secrets.kinds(text) - {kind | some kind in ["an AWS access key"]; path[count(path) - 1] == "id"}

_is_free_text(path) if path[count(path) - 1] in secrets.free_text_keys

_is_free_text(path) if {
	path[1] == "labels"
	some word in ["token", "secret", "password", "apikey", "api-key", "api_key"]
	contains(lower(path[2]), word)
}

# The message never contains any of the text.
findings contains {"path": path, "message": message} if {
	some [path, text] in _texts
	secrets.suspicious(text)
	kinds := _kinds(path, text)
	count(kinds) > 0
	message := sprintf("%s: a value seems to contain %s", [input.metadata.name, min(kinds)])
}

findings contains {"path": path, "message": message} if {
	some [path, text] in _texts
	_is_free_text(path)
	secrets.random(text)
	count(_kinds(path, text)) == 0
	message := sprintf("%s: a high-entropy value looks like a secret", [input.metadata.name])
}
