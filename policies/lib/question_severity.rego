package policies.lib.question_severity

import data.policies.lib.apps
import data.policies.lib.credentials
import data.policies.lib.emergency
import data.policies.lib.mechanisms
import data.policies.lib.sign_ons

# A missing key has the severity of the worst fault that its absence can hide.
of(path) := "error" if path in _errors

of(path) := "warning" if {
	not path in _errors
	_warns(path)
}

of(path) := "info" if {
	not path in _errors
	not _warns(path)
}

_warns(path) if path in _warnings

_warns(path) if {
	[_, list, _, key] := path
	key in _of_entries[list]
}

_of_entries := {
	"nonHuman": {"created", "interactive", "knownTo", "revokesPrevious"},
	"thirdPartyGrants": {"scopes"},
}

_warnings contains ["spec", "lifecycle", "review", key] if some key in ["covers", "onSilence", "selfReview"]

_errors contains ["spec", "lifecycle", "review", "everyDays"]

_warnings contains ["spec", "external", "maxDays"]

_warnings contains ["spec", "localAccounts", "checkedOn"]

_warnings contains ["spec", "lifecycle", "deprovision", "signal", "everyHours"]

_warnings contains ["spec", "provisioning", "directory", "protocol"]

_warnings contains ["spec", "provisioning", "shared", key] if some key in ["lastRotated", "rotateEveryDays"]

# People may have created tokens that are not revoked.
_errors contains ["spec", "issuesTokens"] if not mechanisms.done("revokeCredentials")

# If the data is restricted, the reviews are too rare.
_errors contains ["spec", "dataClass"] if {
	limits := [days | some days in data.leaver.params["review/too-rare"].maxDays]
	input.spec.lifecycle.review.everyDays > min(limits)
}

# If the data is restricted, `review/no-reconcile` requires a comparison of accounts that people close.
_errors contains ["spec", "dataClass"] if input.spec.lifecycle.deprovision.via in {"ticket", "admin", "runbook", "vendor"}

# Roles may change every week, and each change may wait for the next sign-in.
_warnings contains ["spec", "roleChurn"] if apps.mode == "jit"

_warnings contains ["spec", "roleChurn"] if _at_sign_in

_errors contains ["spec", "roleChurn"] if {
	_at_sign_in
	apps.tier == 1
}

_at_sign_in if "jit" in [input.spec.lifecycle.update.via]

_at_sign_in if "jit" in [input.spec.lifecycle.entitle.via]

# There may be external people.
_warnings contains ["spec", "populations"] if not _sponsored

_errors contains ["spec", "populations"] if {
	not _sponsored
	apps.tier <= 2
}

_sponsored if {
	input.spec.external.sponsor
	input.spec.external.endDateRequired == true
}

# Leavers may know the secret of a privileged credential, or of a credential that provisioning uses.
_errors contains ["spec", "nonHuman", at, "knownTo"] if {
	some at, item in credentials.live
	_sensitive(item)
}

_sensitive(item) if item.privileged == true

_sensitive(item) if item.name in credentials.of_mechanisms

# The role may be privileged, and granted at the first sign-in.
_errors contains ["spec", "roles", at, "privileged"] if some at, _ in input.spec.roles

_errors contains ["spec", "roles", at, "lastReview"] if some at, _ in input.spec.roles

_errors contains ["spec", "provisioning", "jit", "defaultRole"] if {
	some role in input.spec.roles
	role.privileged == true
}

_errors contains ["spec", "lifecycle", "review", "covers"] if {
	some role in input.spec.roles
	role.privileged == true
	not role.reviewEveryDays
}

# A sign-in may reactivate suspended accounts.
_errors contains ["spec", "provisioning", "jit", "refusesSuspended"] if {
	input.spec.lifecycle.deprovision.effect in {"suspend", "remove-membership", "seat-only"}
}

# A sign-in and a push may match accounts by different attributes.
_errors contains ["spec", "provisioning", via, "matchKey"] if {
	apps.created_by_jit
	count(mechanisms.used) > 0
	some via in mechanisms.used | {"jit"}
}

# The service may require no authentication.
_errors contains ["spec", "provisioning", "scim", key] if some key in ["auth", "endpoint"]

# The mechanism that ends the access of leavers may be off or slow, or may skip leavers.
_errors contains ["spec", "provisioning", via, key] if {
	some via in [input.spec.lifecycle.deprovision.via]
	some key in ["operations", "syncMinutes", "delayDays", "outOfScope", "everyDays", "softDeleteMapped"]
}

# The mechanism may be too slow for the SLA of the app.
_errors contains ["spec", "provisioning", via, "syncMinutes"] if {
	some via in {how.via | some how in input.spec.lifecycle; how.slaHours >= 0}
}

# Accounts may be matched by a changing attribute.
_warnings contains ["spec", "provisioning", via, "matchKey"] if some via in mechanisms.matching

# The credential may belong to a person.
_warnings contains ["spec", "nonHuman", at, "boundTo"] if some at, _ in credentials.live

_errors contains ["spec", "nonHuman", at, "boundTo"] if {
	some at, item in credentials.live
	_sensitive(item)
}

_errors contains ["spec", "provisioning", via, "operations"] if {
	apps.created_by_jit
	some via in mechanisms.used
}

# If the protocol is unknown, a password may bypass the sign-on, or a failure of the identity provider may lock everybody out.
_protocol_path contains path if {
	some [how_path, how] in sign_ons.current
	not how.protocol
	_risky(how)
	path := array.concat(how_path, ["protocol"])
}

_protocol_path contains ["spec", "signOn", "protocol"] if {
	count(sign_ons.current) == 0
	_no_way_in
}

_risky(how) if how.enforced == false

_risky(how) if how.passwordReset == true

_risky(_) if _no_way_in

# There are too few emergency accounts, by the limits of `breakglass/none`.
_no_way_in if count(emergency.accounts) == 0

_no_way_in if {
	apps.tier <= data.leaver.params["breakglass/none"].maxTier
	count(emergency.accounts) < data.leaver.params["breakglass/none"].minAccounts
}

_warnings contains path if some path in _protocol_path

_errors contains path if {
	apps.tier == 1
	some path in _protocol_path
}
