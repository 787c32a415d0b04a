# METADATA
# title: SCIM token that expires before its rotation
# description: In this product, a SCIM token expires before the declared rotation. From that day, nothing is pushed and leavers keep their
#   accounts, without an error.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Rotate the token before the product expires it: set `rotateEveryDays` below its lifetime, and set `expires` to its real end
#     instead of `neverExpires`."
#   controls:
#     nist-800-53: [IA-5f, IA-5d]
#     pci-dss: ["8.6.3"]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.scim["token-ends-early"]

import data.policies.lib.apps
import data.policies.lib.dates
import data.policies.lib.vendors

_days := data.leaver.params["scim/token-ends-early"].maxFactAgeDays

# The index of the first entry with the name of the SCIM credential.
_token_index := min({index |
	some index, item in input.spec.nonHuman
	item.name == input.spec.provisioning.scim.credential
})

_token := input.spec.nonHuman[_token_index]

_faults contains ["rotateEveryDays", sprintf("it is rotated every %d days", [days])] if {
	some days in [_token.rotateEveryDays]
	days > vendors.facts.tokenDays.value
}

# The day on which the token was created or last rotated, or else today.
_first_day := max({day | some day in object.filter(_token, ["created", "lastRotated"])}) if {
	count(object.filter(_token, ["created", "lastRotated"])) > 0
} else := data.leaver.today

_too_rare if _token.rotateEveryDays > vendors.facts.tokenDays.value

_faults contains ["expires", sprintf("it is declared to end on %s", [end])] if {
	not _token.neverExpires == true
	not _too_rare
	some end in [_token.expires]
	dates.days_between(_first_day, end) > vendors.facts.tokenDays.value
}

_faults contains ["neverExpires", "it is declared never to expire"] if _token.neverExpires == true

findings contains {"path": ["spec", "nonHuman", _token_index, key], "message": message} if {
	apps.alive
	fact := vendors.facts.tokenDays
	vendors.read_by_a_person(fact)
	is_number(fact.value)
	vendors.fresh(fact, _days)
	some [key, what] in _faults
	message := sprintf("%s: a SCIM token of %s works for %d days, but %s (%s)", [
		input.metadata.name, vendors.vendor.title, fact.value, what, vendors.cited(fact),
	])
}
