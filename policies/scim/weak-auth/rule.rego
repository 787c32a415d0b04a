# METADATA
# title: SCIM with a password, a fixed token or no authentication
# description: Every caller of the SCIM service can create and close every account. Without authentication, anyone can call the service. A
#   password is sent with every call, and a leaked fixed token works until it is replaced.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Use an OAuth 2.0 client or a client certificate if the vendor offers one. If only a fixed token is offered, declare it in
#     `spec.nonHuman` with `rotateEveryDays`.
#   controls:
#     nist-800-53: [IA-5, IA-9]
#     owasp-nhi: [NHI4]
package policies.scim["weak-auth"]

import data.policies.lib.apps

# [severity, message] of an authentication method.
_weak := {
	"none": ["error", "the SCIM service requires no authentication"],
	"basic": ["error", "SCIM sends a user name and password with every call"],
	"bearer": ["warning", "SCIM uses a fixed bearer token instead of OAuth 2.0"],
}

findings contains {"path": ["spec", "provisioning", "scim", "auth"], "message": message, "severity": severity} if {
	apps.alive
	some [severity, meaning] in [_weak[input.spec.provisioning.scim.auth]]
	not _rotated
	message := sprintf("%s: %s", [input.metadata.name, meaning])
}

# A token that is rotated is not fixed.
_rotated if {
	input.spec.provisioning.scim.auth == "bearer"
	some item in input.spec.nonHuman
	item.name == input.spec.provisioning.scim.credential
	item.rotateEveryDays
}
