# METADATA
# title: Push with an administrator's password
# description: According to the vendor, provisioning uses the user name and password, or the token, of an administrator. Credentials with a person's
#   full access are then stored in the identity provider and sent with every call.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Use a dedicated account, keep it out of single sign-on and in a vault, and set `auth: basic`; or use another interface that
#     supports OAuth."
#   controls:
#     nist-800-53: [IA-5, IA-9, "AC-6(5)"]
#     owasp-nhi: [NHI4]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.vendor["password-only"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_days := data.leaver.params["vendor/password-only"].maxFactAgeDays

findings contains {"path": ["spec", "provisioning"], "message": message} if {
	apps.alive
	"scim" in mechanisms.used
	not input.spec.provisioning.scim.auth
	fact := vendors.facts.auth
	fact.value == "basic"
	vendors.fresh(fact, _days)
	message := sprintf("%s: provisioning of %s uses an administrator's credentials%s (%s)", [
		input.metadata.name, vendors.vendor.title, _note(fact), vendors.cited(fact),
	])
}

_note(fact) := sprintf(": %s", [fact.note]) if fact.note

_note(fact) := "" if not fact.note
