# METADATA
# title: Declaration that the vendor contradicts
# description: The declaration says that a mechanism updates or ends accounts, reaches guests, matches by an attribute, or that people make no
#   tokens, and the vendor documents otherwise. What is declared does not happen, and nobody looks.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare what the product does, and name what does the rest. If the vendor has changed it since, correct the fact in a file of
#     `vendors`.
#   controls:
#     nist-800-53: [AC-2f, PS-4a, AC-2l]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; `strict` takes two years: products change faster than their documentation is read"
package policies.vendor.contradicts

import data.policies.lib.apps
import data.policies.lib.keys
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_days := data.leaver.params["vendor/contradicts"].maxFactAgeDays

# Operations of which a stage needs one.
_needs := {
	"update": {"update"},
	"deprovision": {"disable", "delete", "remove-membership"},
	"remove": {"disable", "delete", "remove-membership"},
}

# What the documented operations leave out may be said by a fact of its own, and another system may push in between.
_known(stage) if vendors.facts[_fact[stage]]

_fact := {"deprovision": "deactivation", "remove": "deletion"}

_indirect if vendors.facts.protocol.value == "indirect"

_faults contains [["spec", "lifecycle", stage, "via"], vendors.facts.operations, message] if {
	some stage, needed in _needs
	input.spec.lifecycle[stage].via == "scim"
	vendors.read_by_a_person(vendors.facts.operations)
	offered := {operation | some operation in vendors.facts.operations.value}
	count(needed & offered) == 0
	not _known(stage)
	not _indirect
	message := sprintf("`%s` goes by SCIM, but SCIM of %s is documented to do only `%s`", [
		stage, vendors.vendor.title, concat("`, `", sort(offered)),
	])
}

# Stage → fact about the connectors of the governance tool that is documented.
_of_connector := {"create": "connectorCreates", "deprovision": "connectorDeprovisions", "remove": "connectorDeprovisions"}

_does := {"create": "creates no accounts", "deprovision": "ends no accounts", "remove": "ends no accounts"}

_faults contains [["spec", "lifecycle", stage, "via"], fact, message] if {
	some stage, name in _of_connector
	input.spec.lifecycle[stage].via == "connector"
	mechanisms.system(stage) == "conductorone"
	some fact in [vendors.facts[name]]
	fact.value == false
	message := sprintf("`%s` goes via a connector, but the connector of conductorone for %s %s", [
		stage, vendors.vendor.title, _does[stage],
	])
}

_outside := {population | some population in input.spec.populations} & {"guests", "partners"}

_faults contains [["spec", "lifecycle", "deprovision", "via"], fact, message] if {
	input.spec.lifecycle.deprovision.via == "scim"
	count(_outside) > 0
	some fact in [vendors.facts.reaches]
	not "guests" in fact.value
	message := sprintf("%s are closed by SCIM, but SCIM of %s does not reach them", [concat(" and ", sort(_outside)), vendors.vendor.title])
}

_faults contains [key.path, fact, message] if {
	some via, key in keys.declared
	via in {"scim", "jit"}
	some fact in [vendors.facts.matchKey]
	not _same(key, fact.value)
	message := sprintf("`%s` matches by `%s`, but %s knows people by `%s`", [via, key.attribute, vendors.vendor.title, fact.value])
}

# By the attribute itself, or filled from it.
_same(key, name) if lower(key.attribute) == lower(name)

_same(key, name) if {
	lower(key.attribute) != lower(name)
	lower(key.from) == lower(name)
}

# People make no tokens: an empty list says the same as `false`.
_none contains "issuesTokens" if input.spec.issuesTokens == false

_none contains "issues" if input.spec.issues == []

_faults contains [["spec", key], fact, message] if {
	some key in [min(_none)]
	some fact in [vendors.facts.issues]
	message := sprintf("people are declared to make no tokens, but %s lets them make `%s`", [
		vendors.vendor.title, concat("`, `", sort(fact.value)),
	])
}

findings contains {"path": path, "message": message} if {
	apps.alive
	some [path, fact, what] in _faults
	vendors.fresh(fact, _days)
	message := sprintf("%s: %s (%s)", [input.metadata.name, what, vendors.cited(fact)])
}
