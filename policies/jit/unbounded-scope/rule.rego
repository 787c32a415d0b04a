# METADATA
# title: Everyone who can sign in gets an account
# description: With JIT, signing in is the joiner process. If the identity provider requires no assignment and no group is named, every user
#   of the tenant, guests included, can get an account without a request.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Require assignment in the system that signs people in (`spec.signOn.assignmentRequired`), or list the allowed groups in
#     `spec.provisioning.jit.groups`.
#   controls:
#     nist-800-53: [AC-2c, AC-2i, IA-4a]
#     pci-dss: ["7.2.2", "8.2.4"]
#     soc2: [CC6.2]
package policies.jit["unbounded-scope"]

import data.policies.lib.apps
import data.policies.lib.sign_ons

findings contains {"path": ["spec", "provisioning", "jit", "groups"], "message": message} if {
	apps.created_by_jit
	count(sign_ons.current) == 0
	not _groups
	message := sprintf("%s: no group is named and no assignment is required, so everyone who can sign in gets an account", [input.metadata.name])
}

findings contains {"path": array.concat(path, ["assignmentRequired"]), "message": message} if {
	apps.created_by_jit
	some [path, how] in sign_ons.current
	not how.assignmentRequired
	not _groups
	message := sprintf("%s: sign-on%s requires no assignment and no group is named, so everyone who can sign in%s gets an account", [
		input.metadata.name, sign_ons.by(how), _there_suffix,
	])
}

_there_suffix := "" if count(sign_ons.current) == 1

_there_suffix := " there" if count(sign_ons.current) > 1

_groups if count(input.spec.provisioning.jit.groups) > 0
