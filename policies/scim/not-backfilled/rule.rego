# METADATA
# title: Older accounts are not linked to the mechanism
# description: Many products let SCIM manage only accounts that SCIM created. Accounts made by hand or at sign-in have no SCIM identity, so
#   the deactivation of a leaver misses them without an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Link the existing accounts by an import or a reconciliation, and set `backfilled` to that date. If the app has used this mechanism from the
#     start, set the date of that start.
#   controls:
#     nist-800-53: [AC-2j]
#     soc2: [CC6.2/Reviews-Validity-of-Access-Credentials]
package policies.scim["not-backfilled"]

import data.policies.lib.apps

_via := input.spec.lifecycle.deprovision.via

_block := input.spec.provisioning[_via]

# Accounts already exist, and a mechanism that closes only linked accounts performs the deprovisioning.
_in_use if {
	apps.in_use
	_via in {"scim", "connector"}
}

_declares_backfill if _block.backfilled != ""

findings contains {"path": ["spec", "provisioning", _via, "backfilled"], "message": message} if {
	_in_use
	_block
	not _declares_backfill
	message := sprintf("%s: `%s` closes accounts, but `backfilled` does not declare that older accounts are linked to it", [input.metadata.name, _via])
}

findings contains {"path": ["spec", "provisioning", _via, "backfilled"], "message": message} if {
	_in_use
	_block.backfilled > data.leaver.today
	message := sprintf("%s: older accounts are linked only on %s, and until then `%s` cannot close them", [
		input.metadata.name, _block.backfilled, _via,
	])
}
