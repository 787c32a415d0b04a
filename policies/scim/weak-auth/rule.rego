# METADATA
# title: SCIM with a password, a fixed token or nothing
# description: Whoever can call the SCIM service can make and end every account. Nothing at all lets everybody in, a password is sent with
#   every call, and a fixed token works for whoever has once seen it, until somebody replaces it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Use an OAuth 2.0 client or a client certificate where the vendor offers one. Where only a fixed token is offered, declare it in
#     `spec.nonHuman` with `rotateEveryDays`.
#   controls:
#     nist-800-53: [IA-5, IA-9]
#     owasp-nhi: [NHI4]
package policies.scim["weak-auth"]

import data.policies.lib.apps

# [how bad, what it means] of a way to authenticate.
_weak := {
	"none": ["error", "anybody can call the SCIM service, it asks for no credential"],
	"basic": ["error", "SCIM sends a user name and password with every call"],
	"bearer": ["warning", "SCIM uses a fixed bearer token instead of OAuth 2.0"],
}

findings contains {"path": ["spec", "provisioning", "scim", "auth"], "message": message, "severity": severity} if {
	apps.alive
	some [severity, meaning] in [_weak[input.spec.provisioning.scim.auth]]
	not _replaced
	message := sprintf("%s: %s", [input.metadata.name, meaning])
}

# A token that somebody replaces is not fixed.
_replaced if {
	input.spec.provisioning.scim.auth == "bearer"
	some item in input.spec.nonHuman
	item.name == input.spec.provisioning.scim.credential
	item.rotateEveryDays
}
