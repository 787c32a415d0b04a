# METADATA
# title: SCIM endpoint that is not the vendor's
# description: The declared endpoint does not match the documented address. The endpoint may be mistyped, belong to another tenant or product, or send
#   the token and all user data to a third party.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Compare the endpoint with the documentation of the vendor. If the documented address has changed, correct the fact in a file of
#     `vendors`."
#   controls:
#     nist-800-53: [SC-8, IA-9]
#     owasp-nhi: [NHI4]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.scim["foreign-endpoint"]

import data.policies.lib.apps
import data.policies.lib.vendors

_days := data.leaver.params["scim/foreign-endpoint"].maxFactAgeDays

_host(url) := split(lower(url), "/")[2]

_endpoint := _host(input.spec.provisioning.scim.endpoint)

# A part in angle brackets is set by the customer and matches anything but a slash.
_host_matches if {
	some pattern in vendors.facts.endpoint.value
	glob.match(regex.replace(_host(pattern), `<[^>]+>`, "*"), ["/"], _endpoint)
}

findings contains {"path": ["spec", "provisioning", "scim", "endpoint"], "message": message} if {
	apps.alive
	_endpoint
	some fact in [vendors.facts.endpoint]
	vendors.read_by_a_person(fact)
	vendors.fresh(fact, _days)
	not _host_matches
	message := sprintf("%s: the endpoint is not an address of %s, which documents %s (%s)", [
		input.metadata.name, vendors.vendor.title, concat(" or ", fact.value), vendors.cited(fact),
	])
}
