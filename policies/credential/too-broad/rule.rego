# METADATA
# title: Credential with full access
# description: What a credential may do is what its thief may do. A wildcard or an administrator's role is nearly always more than the job
#   needs, and permissions that nobody has listed cannot be reviewed.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: List in `scopes` the permissions that the job needs, and take the others away in the app.
#   controls:
#     nist-800-53: [AC-6]
#     pci-dss: ["7.2.5"]
#     owasp-nhi: [NHI5]
package policies.credential["too-broad"]

import data.policies.lib.credentials

# Agents have a rule of their own.
_credentials[at] := item if {
	some at, item in credentials.live
	not item.kind == "agent"
}

# Its rights are those of the account that it belongs to.
_scopeless(item) if item.kind in {"certificate", "ssh-key", "webhook"}

_listed(item) if count(item.scopes) > 0

findings contains {"path": ["spec", "nonHuman", at, "scopes", nth], "message": message} if {
	some at, item in _credentials
	some nth, scope in item.scopes
	credentials.broad(scope)
	message := sprintf("%s: the credential `%s` has the permission `%s`", [input.metadata.name, item.name, scope])
}

findings contains {"path": ["spec", "nonHuman", at, "scopes"], "message": message} if {
	some at, item in _credentials
	not _scopeless(item)
	not _listed(item)
	message := sprintf("%s: nothing lists what the credential `%s` may do", [input.metadata.name, item.name])
}
