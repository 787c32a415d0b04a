# METADATA
# title: SCIM endpoint that gives the token away
# description: With each call the identity provider sends a token that can write every account of the tenant. Over plain http everybody on
#   the way can read it, a password in the address ends up in logs, and an IP address is seldom what a certificate proves.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Use the `https` address by name that the vendor documents, and keep user name and password out of it.
#   controls:
#     nist-800-53: [SC-8]
#     soc2: [CC6.1/Uses-Encryption-to-Protect-Data]
#     owasp-nhi: [NHI4]
package policies.scim["insecure-endpoint"]

import data.policies.lib.apps

_endpoint := input.spec.provisioning.scim.endpoint

_encrypted if startswith(lower(_endpoint), "https://")

# What stands between the scheme and the path.
_authority := regex.find_n(`//[^/?#]*`, _endpoint, 1)[0]

_host := regex.replace(_authority, `^//(.*@)?`, "")

_numeric if regex.match(`^([0-9]{1,3}(\.[0-9]{1,3}){3}(:[0-9]*)?|\[.*)$`, _host)

# The same machine: nothing goes over a wire.
_local if regex.match(`^(localhost|127\.[0-9.]+|\[::1\])(:[0-9]*)?$`, lower(_host))

findings contains {"path": ["spec", "provisioning", "scim", "endpoint"], "message": message} if {
	apps.alive
	_endpoint
	not _encrypted
	not _local
	message := sprintf("%s: the SCIM endpoint is not `https`, so its token can be read on the way", [input.metadata.name])
}

findings contains {"path": ["spec", "provisioning", "scim", "endpoint"], "message": message} if {
	apps.alive
	contains(_endpoint, "@")
	contains(_authority, "@")
	message := sprintf("%s: the SCIM endpoint has a user name or password in it", [input.metadata.name])
}

findings contains {"path": ["spec", "provisioning", "scim", "endpoint"], "message": message, "severity": "warning"} if {
	apps.alive
	_encrypted
	regex.match(`//(.*@)?[0-9\[]`, _endpoint) # what is no number needs no look at its parts
	_numeric
	not _local
	message := sprintf("%s: the SCIM endpoint is an IP address instead of a name", [input.metadata.name])
}
