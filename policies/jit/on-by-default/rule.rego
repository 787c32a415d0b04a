# METADATA
# title: Pushed accounts in a product that also creates accounts at sign-in
# description: By default, the product creates accounts at sign-in, but the app declares that only a push creates accounts. The push neither manages
#   nor closes accounts created at sign-in.
# custom:
#   severity: warning
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Switch JIT off and set `spec.provisioning.jit.creates: false`, or set `mode: hybrid` and declare the limits of JIT."
#   controls:
#     nist-800-53: [AC-2f, IA-4]
#     cis-v8: ["6.1"]
#   params:
#     maxFactAgeDays:
#       type: integer
#       default: 3650
#       unit: days
#       minimum: 1
#       description: Maximum age of a vendor fact, in days
#       source: "none by default; two years in `strict`, since products change"
package policies.jit["on-by-default"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.vendors

_days := data.leaver.params["jit/on-by-default"].maxFactAgeDays

_declares_creation if input.spec.provisioning.jit.creates in {true, false}

findings contains {"path": ["spec", "provisioning", "mode"], "message": message} if {
	apps.alive
	apps.mode in mechanisms.pushing
	not _declares_creation
	not input.spec.lifecycle.create.via == "jit"
	fact := vendors.facts.jitDefault
	fact.value == "on"
	vendors.read_by_a_person(fact)
	vendors.fresh(fact, _days)
	message := sprintf("%s: the mode is `%s`, but %s also creates accounts at sign-in unless JIT is switched off (%s)", [
		input.metadata.name, apps.mode, vendors.vendor.title, vendors.cited(fact),
	])
}
