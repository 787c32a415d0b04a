# METADATA
# title: SCIM endpoint that is not safe
# description: The SCIM client sends a token that can create and remove every account. Over plain http, or to an address with a
#   password in it, that token and with it the whole tenant is anybody's who listens.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Use the `https` address that the vendor documents, without a user name in it.
#   controls:
#     nist-800-53: [SC-8]
#     soc2: [CC6.1.10]
#     owasp-nhi: [NHI4]
package policies.scim["insecure-endpoint"]

findings contains {"path": ["spec", "provisioning", "scim", "endpoint"], "message": message} if {
	some endpoint in [input.spec.provisioning.scim.endpoint]
	not startswith(lower(endpoint), "https://")
	message := sprintf("%s: the SCIM endpoint does not use https", [input.metadata.name])
}

findings contains {"path": ["spec", "provisioning", "scim", "endpoint"], "message": message} if {
	some endpoint in [input.spec.provisioning.scim.endpoint]
	startswith(lower(endpoint), "https://")
	authority := split(endpoint, "/")[2]
	contains(authority, "@")
	message := sprintf("%s: the SCIM endpoint has a user name or password in it", [input.metadata.name])
}
