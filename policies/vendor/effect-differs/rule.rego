# METADATA
# title: Deprovisioning with a different effect than declared
# description: The documented effect of a deactivation differs from the effect that the app declares. Data may be lost although a suspension was
#   expected, or an account may remain although a deletion was expected.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `effect` to the documented effect of the request, or have the identity provider send another request and set `sends`. Then
#     check the stages for data and returning people.
#   controls:
#     nist-800-53: [AC-2f, PS-4a, AC-2l]
#     pci-dss: ["8.2.5"]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.vendor["effect-differs"]

import data.policies.lib.apps
import data.policies.lib.ending
import data.policies.lib.vendors

_days := data.leaver.params["vendor/effect-differs"].maxFactAgeDays

_stage := input.spec.lifecycle.deprovision

# The documented effects of the request, or of both requests if the request is unknown.
_possible contains vendors.facts.deactivation.value if not ending.sends == "delete"

_possible contains vendors.facts.deletion.value if not ending.sends == "disable"

# An account that is removed but can be restored counts as suspended.
_possible contains "suspend" if {
	not ending.sends == "delete"
	vendors.facts.deactivation.value == "remove-membership"
	vendors.facts.reactivation.value == "yes"
}

# The relevant fact, and the name of the request.
_fact := vendors.facts.deletion if ending.sends == "delete"

_fact := vendors.facts.deactivation if not ending.sends == "delete"

_request := "deletion" if ending.sends == "delete"

_request := "deactivation" if not ending.sends == "delete"

# The finding is an error if an account is deleted or remains, contrary to the declaration.
_severity := "error" if "delete" in {_stage.effect, _fact.value}

_severity := "warning" if not "delete" in {_stage.effect, _fact.value}

findings contains {"path": ["spec", "lifecycle", "deprovision", "effect"], "message": message, "severity": _severity} if {
	apps.alive
	_stage.via == "scim"
	fact := _fact
	vendors.read_by_a_person(fact)
	vendors.fresh(fact, _days)
	some declared in [_stage.effect]
	not declared in _possible
	message := sprintf("%s: the declared effect is `%s`, but a %s by SCIM %s in %s (%s)", [
		input.metadata.name, declared, _request, vendors.effects[fact.value], vendors.vendor.title, vendors.cited(fact),
	])
}
