# METADATA
# title: Leavers switched off only at the identity provider
# description: Leavers are switched off only in the system through which they sign in, and the product is not notified. According to the vendor, the
#   account, open sessions, keys or a password remain usable.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Close the account in the product: push deactivations (`via: scim`), or set `via`, `owner` and `queue` of
#     `spec.lifecycle.deprovision` to the people who close it there. End keys and sessions with `revokeCredentials` and `revokeSessions`."
#   controls:
#     nist-800-53: [PS-4a, PS-4b, AC-2f]
#     soc2: [CC6.2/Prevents-the-Use-of-Credentials-When-No-Longer-Valid]
#     pci-dss: ["8.2.5"]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.vendor["not-closed-by-idp"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.sign_ons
import data.policies.lib.vendors
import data.policies.lib.ways
import data.policies.lib.without_push

_days := data.leaver.params["vendor/not-closed-by-idp"].maxFactAgeDays

_fact := vendors.facts.withoutPush

_lifecycle := input.spec.lifecycle

# [path, how, subject of the message, kinds of access that may remain] of each stage that closes accounts.
_closings contains [["spec", "lifecycle", "deprovision"], _lifecycle.deprovision, "leavers are", without_push.kinds]

# In an emergency, the account itself may stay open, because `deprovision` closes it later.
_kept_for_now := ["sessions", "keys", "password"]

_closings contains [["spec", "lifecycle", "deprovision", "urgent"], _lifecycle.deprovision.urgent, "in an emergency, people are", _kept_for_now] if {
	not ways.at_idp(_lifecycle.deprovision)
}

_closings contains [["spec", "external", "closedBy"], input.spec.external.closedBy, "external people are", without_push.kinds]

_closings contains [array.concat(path, ["closedBy"]), how.closedBy, "people of this sign-on are", without_push.kinds] if {
	some [path, how] in sign_ons.current
	how.closedBy
}

findings contains {"path": array.concat(path, ["system"]), "message": message} if {
	_applies
	some [path, how, whom, candidates] in _closings
	ways.at_idp(how)
	left := without_push.kept_names(candidates)
	count(left) > 0
	message := sprintf("%s: %s switched off only in %s, and keep %s in %s (%s)", [
		input.metadata.name, whom, how.system, concat(" and ", left), vendors.vendor.title, vendors.cited(_fact),
	])
}

# Nothing is pushed.
_applies if {
	apps.alive
	count(mechanisms.used) == 0
	vendors.fresh(_fact, _days)
}

# For each stage: the access that it ends, and a value of the fact with the same name. With this value, a deactivation in the product also ends the
# access.
_revoking := {"revokeCredentials": ["keys", "revoked"], "revokeSessions": ["sessions", "ended"]}

_closed_in_product(thing, result) if {
	without_push.done_in_product("deprovision")
	vendors.facts[thing].value == result
}

findings contains {"path": ["spec", "lifecycle", stage, "system"], "message": message} if {
	_applies
	not ways.at_idp(_lifecycle.deprovision)
	some stage, [thing, result] in _revoking
	ways.at_idp(_lifecycle[stage])
	not _closed_in_product(thing, result)
	left := without_push.kept_names([thing])
	count(left) > 0
	message := sprintf("%s: `%s` is done only in %s, so people keep %s in %s (%s)", [
		input.metadata.name, stage, _lifecycle[stage].system, left[0], vendors.vendor.title, vendors.cited(_fact),
	])
}
