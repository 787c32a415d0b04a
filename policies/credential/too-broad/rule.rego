# METADATA
# title: Credential with full access
# description: A stolen credential gives all of its permissions to the thief. A wildcard or an administrator role is almost always more than
#   the job needs, and undeclared permissions cannot be reviewed.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `scopes` to the permissions that the job needs, and remove the others in the app.
#   controls:
#     nist-800-53: [AC-6]
#     pci-dss: ["7.2.5"]
#     owasp-nhi: [NHI5]
package policies.credential["too-broad"]

import data.policies.lib.credentials

# `agent/unlimited-scope` checks agents.
_credentials[at] := item if {
	some at, item in credentials.live
	not item.kind == "agent"
}

# A credential of these kinds has the rights of the account to which it belongs, so it needs no `scopes`.
_scopeless(item) if item.kind in {"certificate", "ssh-key", "webhook"}

_listed(item) if count(item.scopes) > 0

findings contains {"path": ["spec", "nonHuman", at, "scopes", nth], "message": message} if {
	some at, item in _credentials
	some nth, scope in item.scopes
	credentials.broad(scope)
	message := sprintf("%s: the credential `%s` has the broad permission `%s`", [input.metadata.name, item.name, scope])
}

findings contains {"path": ["spec", "nonHuman", at, "scopes"], "message": message} if {
	some at, item in _credentials
	not _scopeless(item)
	not _listed(item)
	message := sprintf("%s: the credential `%s` has no `scopes`, so its permissions are unknown", [input.metadata.name, item.name])
}
