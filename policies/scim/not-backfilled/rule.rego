# METADATA
# title: Older accounts that the mechanism does not know
# description: Many products let SCIM manage only the accounts that SCIM has made. Those that a person or a sign-in made before have no
#   SCIM identity, so the deactivation of a leaver misses them, and the list looks complete.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Link the existing accounts by an import or a reconciliation, and write that date in `backfilled`. For an app that began with this
#     mechanism, write the date on which it began.
#   controls:
#     nist-800-53: [AC-2j]
#     soc2: [CC6.2/Reviews-Validity-of-Access-Credentials]
package policies.scim["not-backfilled"]

import data.policies.lib.apps

_via := input.spec.lifecycle.deprovision.via

_block := input.spec.provisioning[_via]

# Accounts exist already.
_in_use if {
	apps.alive
	not input.spec.status == "planned"
	_via in {"scim", "connector"}
}

_said if _block.backfilled != ""

findings contains {"path": ["spec", "provisioning", _via, "backfilled"], "message": message} if {
	_in_use
	_block
	not _said
	message := sprintf("%s: `%s` closes accounts, but nothing says that it knows the accounts that are older than it", [input.metadata.name, _via])
}

findings contains {"path": ["spec", "provisioning", _via, "backfilled"], "message": message} if {
	_in_use
	_block.backfilled > data.leaver.today
	message := sprintf("%s: older accounts will be linked on %s, and until then `%s` cannot close them", [
		input.metadata.name, _block.backfilled, _via,
	])
}
