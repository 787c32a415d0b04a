# METADATA
# title: Migration that leaves accounts behind
# description: When the identity provider, its address or the matching attribute changes, the app treats everyone as a new user. The old accounts,
#   tokens and keys keep working, often invisibly. From 60 days before the migration, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set in `spec.migration` the `owner`, the day (`plannedFor`) and whether the matching key changes (`keyChanges`). Unless `keyChanges` is
#     `false`, also set who links or closes the old accounts (`accountsBy`) and who revokes the old tokens and keys (`credentialsBy`).
#   controls:
#     nist-800-53: ["IA-4", "AC-2f", "CM-8a.1"]
#     pci-dss: ["8.2.5"]
#     owasp-nhi: ["NHI1"]
#   params:
#     errorDays:
#       type: integer
#       default: 60
#       description: Number of days before the migration at which the finding becomes an error
#       unit: days
#       source: "a judgement: two months to link accounts and replace keys"
package policies.catalogue["migration-unowned"]

import data.policies.lib.apps
import data.policies.lib.counted
import data.policies.lib.dates

_error_days := data.leaver.params["catalogue/migration-unowned"].errorDays

_migration := input.spec.migration

# Maps each mechanism that ends to its last day, which may have passed.
_ends[via] := block.until if {
	some via, block in input.spec.provisioning
	block.until
}

_missing contains "owner" if not _migration.owner

_missing contains "plannedFor" if not _migration.plannedFor

_missing contains "keyChanges" if not _declares_key_changes

_declares_key_changes if is_boolean(_migration.keyChanges)

_missing contains "accountsBy" if {
	not _migration.keyChanges == false
	not _migration.accountsBy
}

_missing contains "credentialsBy" if {
	not _migration.keyChanges == false
	not _migration.credentialsBy
}

_days contains dates.days_left(_migration.plannedFor) if _migration.plannedFor

_days contains left if {
	some end in _ends
	left := dates.days_left(end)
}

default _severity := "warning"

_severity := "error" if min(_days) <= _error_days

_when := sprintf(" in %s", [counted.days(min(_days))]) if min(_days) >= 0

_when := sprintf(" %s ago", [counted.days(0 - min(_days))]) if min(_days) < 0

_when := "" if count(_days) == 0

findings contains {"path": ["spec", "migration", min(_missing)], "message": message, "severity": _severity} if {
	apps.alive
	_migration
	count(_missing) > 0
	message := sprintf("%s: the migration%s has no `%s`, so it is unclear what happens to old accounts and keys", [
		input.metadata.name, _when, concat("`, no `", sort(_missing)),
	])
}

findings contains {"path": ["spec", "provisioning", via, "until"], "message": message, "severity": _severity} if {
	apps.alive
	some via, day in _ends
	not _migration
	message := sprintf("%s: `%s` ends on %s, but no `migration` declares what happens to its accounts", [input.metadata.name, via, day])
}
