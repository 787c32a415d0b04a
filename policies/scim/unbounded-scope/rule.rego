# METADATA
# title: Push of all users
# description: "Without assignments, some identity providers push every user, including people who never need the app, guests, and service
#   accounts. Leaving a team or a group then changes nothing."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "List the groups that get an account in `scope.groups` of the mechanism, require the assignment (`spec.signOn.assignmentRequired:
#     true`), and configure both in the identity provider."
#   controls:
#     nist-800-53: ["AC-2c", "AC-2i", "AC-6"]
#     pci-dss: ["7.2.2"]
#     soc2: ["CC6.2"]
package policies.scim["unbounded-scope"]

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.sign_ons

_scoped_by_groups(via) if count(input.spec.provisioning[via].scope.groups) > 0

_scoped_by_rule(via) if input.spec.provisioning[via].scope.by == "rule"

findings contains {"path": ["spec", "provisioning", via, "scope", "by"], "message": message} if {
	apps.alive
	some via, block in object.filter(input.spec.provisioning, ["scim", "connector", "directory", "hr", "csv", "script", "automation"])
	block.scope.by == "everyone"
	message := sprintf("%s: `%s` creates accounts for all users, including guests and service accounts", [input.metadata.name, via])
}

# `jit/unbounded-scope` reports an app that also creates accounts at sign-in and does not declare `jit.groups`.
_reported_elsewhere if {
	apps.created_by_jit
	not input.spec.provisioning.jit.groups
}

findings contains {"path": array.concat(path, ["assignmentRequired"]), "message": message} if {
	apps.alive
	"scim" in mechanisms.used
	some [path, how] in sign_ons.current
	how.assignmentRequired == false
	not _scoped_by_groups("scim")
	not _scoped_by_rule("scim")
	not input.spec.provisioning.scim.scope.by == "everyone"
	not _reported_elsewhere
	message := sprintf("%s: sign-on%s requires no assignment and no group is named, so `scim` pushes all users", [
		input.metadata.name, sign_ons.by(how),
	])
}
