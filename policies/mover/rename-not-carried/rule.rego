# METADATA
# title: Renames that SCIM does not carry
# description: A person gets another name or e-mail address, but SCIM of this product does not change the account. The person keeps the account with
#   the old address or gets a second account. When the person leaves, the identity provider closes only one of the two accounts.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Declare in `spec.provisioning.attributes` how the address or user name of an existing account is changed, such as
#     `{name: email, via: ticket}`."
#   controls:
#     nist-800-53: [AC-2f, IA-4, PS-5]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.mover["rename-not-carried"]

import data.policies.lib.apps
import data.policies.lib.vendors

_days := data.leaver.params["mover/rename-not-carried"].maxFactAgeDays

_renamed := {"email", "emails", "mail", "emailaddress", "workemail", "username", "login", "loginname", "upn", "userprincipalname"}

# Letters only: `user_name`, `userName` and `e-mail` are the same words.
_plain(name) := replace(replace(replace(lower(name), "-", ""), "_", ""), " ", "")

_declared_apart if {
	some attribute in input.spec.provisioning.attributes
	_plain(attribute.name) in _renamed
	attribute.via
	attribute.via != "scim"
}

_effect := {
	"no": ["warning", "cannot change the e-mail address or user name of an account"],
	"confirm": ["info", "changes an e-mail address only after the person confirms it"],
}

findings contains {"path": ["spec", "lifecycle", "update", "via"], "message": message, "severity": severity} if {
	apps.alive
	input.spec.lifecycle.update.via == "scim"
	fact := vendors.facts.rename
	[severity, effect] := _effect[fact.value]
	vendors.fresh(fact, _days)
	not _declared_apart
	message := sprintf("%s: `update` has `via: scim`, but SCIM of %s %s (%s)", [
		input.metadata.name, vendors.vendor.title, effect, vendors.cited(fact),
	])
}
