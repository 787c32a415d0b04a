# METADATA
# title: Unknown vendor
# description: leaver looks up vendor facts (SCIM, sessions, token lifetime) by product name. If the name is unknown, rules that use these facts do
#   not apply, and the app looks better than it is.
# custom:
#   severity: info
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Use a name that `leaver vendors NAME` finds, or `in-house` for your own product. Describe a product that leaver does not know in a
#     file of `vendors` in leaver.yaml.
#   controls:
#     nist-800-53: ["SA-9"]
#     iso-27001: ["A.5.19"]
#     cis-v8: ["15.1"]
package policies.catalogue["unknown-vendor"]

import data.policies.lib.apps
import data.policies.lib.placeholders
import data.policies.lib.words

_in_house_names := {"in-house", "inhouse", "in house", "homemade", "self-made", "own"}

_is_known(vendor) if data.leaver.vendors[lower(vendor)]

_is_known(vendor) if lower(trim_space(vendor)) in _in_house_names

_is_known(vendor) if placeholders.is(vendor)

# Only names with the same beginning are compared, because there are thousands of products.
_names_with_same_start(vendor) := {name |
	start := substring(lower(vendor), 0, 3)
	some name, _ in data.leaver.vendors
	startswith(name, start)
}

_severity("") := "info"

_severity(hint) := "warning" if hint != ""

findings contains {"path": ["metadata", "vendor"], "message": message, "severity": _severity(hint)} if {
	apps.alive
	some vendor in [input.metadata.vendor]
	not _is_known(vendor)
	hint := words.hint(lower(vendor), _names_with_same_start(vendor))
	message := sprintf("%s: no known product is called `%s`%s", [input.metadata.name, vendor, hint])
}
