# METADATA
# title: Third-party access that nobody uses
# description: A product was connected and is no longer used, but its access still works. Anyone who compromises the vendor can use this access. For
#   full access, the finding is an error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Revoke the access and set `revokedOn`. If it was used since, set `lastUsed`.
#   controls:
#     iso-27001: [A.5.19]
#     owasp-nhi: [NHI1, NHI3]
#   params:
#     maxDays:
#       type: integer
#       default: 90
#       description: Maximum time since the last use
#       unit: days
#       source: "a judgement: as for credentials"
package policies.grant.unused

import data.policies.lib.counted
import data.policies.lib.credentials
import data.policies.lib.dates

_max := data.leaver.params["grant/unused"].maxDays

_has_full_access(grant) if {
	some scope in grant.scopes
	credentials.broad(scope)
}

_severity(grant) := "error" if _has_full_access(grant)

_severity(grant) := "warning" if not _has_full_access(grant)

findings contains {"path": ["spec", "thirdPartyGrants", at, "lastUsed"], "message": message, "severity": severity} if {
	some at, grant in credentials.grants
	since := dates.days_since(grant.lastUsed)
	since > _max
	severity := _severity(grant)
	message := sprintf("%s: the access of `%s` was last used %s ago (limit %s)", [
		input.metadata.name, grant.name, counted.days(since), counted.days(_max),
	])
}
