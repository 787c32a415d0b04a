# METADATA
# title: SCIM with a password or nothing
# description: Basic authentication sends a password with each call, and no authentication lets everybody provision. A bearer
#   token is better and still a long-lived key; an OAuth client is what vendors recommend.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Use an OAuth client or mutual TLS where the vendor offers it.
#   controls:
#     nist-800-53: [IA-5]
#     owasp-nhi: [NHI4]
package policies.scim["weak-auth"]

import data.policies.lib.apps

_severity := {"basic": "error", "none": "error", "bearer": "info"}

findings contains {"path": ["spec", "provisioning", "scim", "auth"], "message": message, "severity": _severity[auth]} if {
	apps.alive
	auth := input.spec.provisioning.scim.auth
	_severity[auth]
	message := sprintf("%s: the SCIM client authenticates by `%s`", [input.metadata.name, auth])
}
