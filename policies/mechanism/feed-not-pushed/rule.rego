# METADATA
# title: Feed that closes no account
# description: The action on a leaver in this system decides whether applications are notified. If an import only suspends people or does nothing,
#   and the system does not push this action, all accounts of leavers stay open. An import can also miss an action in its source.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: "Configure the import so that leavers are deactivated, and declare `action: deactivate` for the feed in `spec.fedBy`. If an import
#     misses deletions, disable people in its source and wait for the next import before you delete them."
#   controls:
#     nist-800-53: ["AC-2(3)", "PS-4a"]
#     nist-csf: ["PR.AA-01"]
package policies.mechanism["feed-not-pushed"]

import data.policies.lib.systems

_in_use if not input.spec.status == "retired"

# A System with `pushes: false` has no accounts to close in applications.
_pushes if not input.spec.pushes == false

findings contains {"path": ["spec", "fedBy", at, "action"], "message": message} if {
	_in_use
	_pushes
	some at, feed in input.spec.fedBy
	some action in [feed.action]
	action in systems.not_pushed(input.spec)
	message := sprintf("%s: the action for leavers of %s is `%s`, which is not pushed to applications", [input.metadata.name, feed.system, action])
}

findings contains {"path": ["spec", "fedBy", at, "action"], "message": message} if {
	_in_use
	some at, feed in input.spec.fedBy
	some known in systems.imports
	some action in known.misses
	action == feed.action
	systems.is_built_in(feed.system, known.system)
	message := sprintf("%s: an import from %s does not notice the action `%s`, so leavers stay active", [input.metadata.name, feed.system, action])
}
