# METADATA
# title: Declaration contradicts the vendor
# description: The vendor's documentation contradicts the declared operations, guests, match key or tokens of the app. A declared stage may therefore
#   never be performed.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Correct the declaration, and add a mechanism for everything that the product does not do; for guests and partners, set
#     `spec.external.closedBy`. If the product has changed, correct the fact in a file of `vendors`.
#   controls:
#     nist-800-53: [AC-2f, PS-4a, AC-2l]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.vendor.contradicts

import data.policies.lib.apps
import data.policies.lib.keys
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_days := data.leaver.params["vendor/contradicts"].maxFactAgeDays

# Each stage needs at least one of these operations.
_needs := {
	"update": {"update"},
	"deprovision": {"disable", "delete", "remove-membership"},
	"remove": {"disable", "delete", "remove-membership"},
}

# A separate fact or another system may cover an operation that the fact `operations` does not list.
_has_own_fact(stage) if vendors.facts[_separate_fact[stage]]

_separate_fact := {"deprovision": "deactivation", "remove": "deletion"}

_provisioned_indirectly if vendors.facts.protocol.value == "indirect"

_faults contains [["spec", "lifecycle", stage, "via"], vendors.facts.operations, message] if {
	some stage, needed in _needs
	input.spec.lifecycle[stage].via == "scim"
	vendors.read_by_a_person(vendors.facts.operations)
	offered := {operation | some operation in vendors.facts.operations.value}
	count(needed & offered) == 0
	not _has_own_fact(stage)
	not _provisioned_indirectly
	message := sprintf("`%s` has `via: scim`, but SCIM of %s is documented to support only `%s`", [
		stage, vendors.vendor.title, concat("`, `", sort(offered)),
	])
}

# The fact about ConductorOne connectors for each stage.
_of_connector := {"create": "connectorCreates", "deprovision": "connectorDeprovisions", "remove": "connectorDeprovisions"}

_missing_effect := {"create": "creates no accounts", "deprovision": "closes no accounts", "remove": "closes no accounts"}

_faults contains [["spec", "lifecycle", stage, "via"], fact, message] if {
	some stage, name in _of_connector
	input.spec.lifecycle[stage].via == "connector"
	mechanisms.system(stage) == "conductorone"
	some fact in [vendors.facts[name]]
	fact.value == false
	message := sprintf("`%s` has `via: connector`, but the ConductorOne connector for %s %s", [
		stage, vendors.vendor.title, _missing_effect[stage],
	])
}

# The populations that the push is declared to reach.
_pushed := {population | some population in object.get(input.spec, ["provisioning", "scim", "populations"], input.spec.populations)}

_external_populations := _pushed & {"guests", "partners"} if not _closed_otherwise

_closed_otherwise if object.get(input.spec, ["external", "closedBy", "via"], "none") != "none"

_faults contains [["spec", "lifecycle", "deprovision", "via"], fact, message] if {
	input.spec.lifecycle.deprovision.via == "scim"
	count(_external_populations) > 0
	some fact in [vendors.facts.reaches]
	not "guests" in fact.value
	message := sprintf("SCIM closes the accounts of %s, but SCIM of %s does not reach these people", [concat(" and ", sort(_external_populations)), vendors.vendor.title])
}

_faults contains [key.path, fact, message] if {
	some via, key in keys.declared
	via in {"scim", "jit"}
	some fact in [vendors.facts.matchKey]
	not _same_attribute(key, fact.value)
	message := sprintf("`%s` matches by `%s`, but %s identifies people by `%s`", [via, key.attribute, vendors.vendor.title, fact.value])
}

# The match key is this attribute, or its value comes from this attribute.
_same_attribute(key, name) if lower(name) in {lower(source) | some part in ["attribute", "from"]; source := key[part]}

# An empty list means the same as `issuesTokens: false`.
_claims_no_tokens contains "issuesTokens" if input.spec.issuesTokens == false

_claims_no_tokens contains "issues" if input.spec.issues == []

_faults contains [["spec", key], fact, message] if {
	some key in [min(_claims_no_tokens)]
	some fact in [vendors.facts.issues]
	message := sprintf("the app declares that people create no tokens, but %s lets them create `%s`", [
		vendors.vendor.title, concat("`, `", sort(fact.value)),
	])
}

findings contains {"path": path, "message": message} if {
	apps.alive
	some [path, fact, what] in _faults
	vendors.fresh(fact, _days)
	message := sprintf("%s: %s (%s)", [input.metadata.name, what, vendors.cited(fact)])
}
