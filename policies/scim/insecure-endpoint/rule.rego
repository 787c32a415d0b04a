# METADATA
# title: SCIM endpoint that exposes the token
# description: Each call carries a token that can change every account of the tenant. Plain http exposes the token on the network, a password
#   in the address ends up in logs, and certificates seldom cover IP addresses.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Use the `https` address that the vendor documents, with a host name and without user name and password.
#   controls:
#     nist-800-53: [SC-8]
#     soc2: [CC6.1/Uses-Encryption-to-Protect-Data]
#     owasp-nhi: [NHI4]
package policies.scim["insecure-endpoint"]

import data.policies.lib.apps

_endpoint := input.spec.provisioning.scim.endpoint

_encrypted if startswith(lower(_endpoint), "https://")

# The part between the scheme and the path.
_authority := regex.find_n(`//[^/?#]*`, _endpoint, 1)[0]

_host := regex.replace(_authority, `^//(.*@)?`, "")

_numeric if regex.match(`^([0-9]{1,3}(\.[0-9]{1,3}){3}(:[0-9]*)?|\[.*)$`, _host)

# The endpoint is on the same machine, so nothing is sent over a network.
_local if regex.match(`^(localhost|127\.[0-9.]+|\[::1\])(:[0-9]*)?$`, lower(_host))

findings contains {"path": ["spec", "provisioning", "scim", "endpoint"], "message": message} if {
	apps.alive
	_endpoint
	not _encrypted
	not _local
	message := sprintf("%s: the SCIM endpoint is not `https`, so its token can be read in transit", [input.metadata.name])
}

findings contains {"path": ["spec", "provisioning", "scim", "endpoint"], "message": message} if {
	apps.alive
	contains(_endpoint, "@")
	contains(_authority, "@")
	message := sprintf("%s: the SCIM endpoint contains a user name or password", [input.metadata.name])
}

findings contains {"path": ["spec", "provisioning", "scim", "endpoint"], "message": message, "severity": "warning"} if {
	apps.alive
	_encrypted
	regex.match(`//(.*@)?[0-9\[]`, _endpoint) # most hosts are names, so test this first
	_numeric
	not _local
	message := sprintf("%s: the SCIM endpoint is an IP address instead of a name", [input.metadata.name])
}
