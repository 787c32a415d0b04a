# METADATA
# title: Unknown vendor
# description: What is known about a product (SCIM, sessions, the end of tokens) is looked up by its name. Under a name that matches nothing all of that is
#   silent, and the app looks better than it is.
# custom:
#   severity: info
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Use the name that `leaver vendors NAME` finds, or `in-house` for what you have made yourself. A product that leaver does not know can be described in a
#     file of `vendors` in leaver.yaml.
#   controls:
#     nist-800-53: ["SA-9"]
#     iso-27001: ["A.5.19"]
#     cis-v8: ["15.1"]
package policies.catalogue["unknown-vendor"]

import data.policies.lib.apps
import data.policies.lib.placeholders
import data.policies.lib.words

_own := {"in-house", "inhouse", "in house", "homemade", "self-made", "own"}

_known(vendor) if data.leaver.vendors[lower(vendor)]

_known(vendor) if lower(trim_space(vendor)) in _own

_known(vendor) if placeholders.is(vendor)

# Only names that begin alike are compared: the knowledge base has thousands.
_alike(vendor) := {name |
	start := substring(lower(vendor), 0, 3)
	some name, _ in data.leaver.vendors
	startswith(name, start)
}

_severity("") := "info"

_severity(hint) := "warning" if hint != ""

findings contains {"path": ["metadata", "vendor"], "message": message, "severity": _severity(hint)} if {
	apps.alive
	some vendor in [input.metadata.vendor]
	not _known(vendor)
	hint := words.hint(lower(vendor), _alike(vendor))
	message := sprintf("%s: no known product is called `%s`%s", [input.metadata.name, vendor, hint])
}
