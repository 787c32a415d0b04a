package policies.lib.questions

import data.policies.lib.apps
import data.policies.lib.comparison
import data.policies.lib.credentials
import data.policies.lib.mechanisms
import data.policies.lib.sign_ons
import data.policies.lib.suspension
import data.policies.lib.vendors
import data.policies.lib.ways

# {path, what} of each required key that the declaration lacks. Each key activates rules, so omitting it must not be an advantage.
open contains {"path": path, "what": what} if {
	some [path, what] in _questions
	not _answered(path)
}

_answered(path) if {
	value := object.get(input, path, null)
	not value in [null, [], {}]
}

# An empty inventory is a value; any other empty list or mapping is not.
_answered(path) if {
	object.get(input, path, null) == []
	path[count(path) - 1] in {"breakGlass", "nonHuman", "roles", "thirdPartyGrants"}
}

_questions contains [["spec", key], what] if {
	apps.in_use
	some key, what in _of_apps
}

_of_apps := {
	"tier": "how critical the app is",
	"dataClass": "which class of data it holds",
	"nonHuman": "which tokens, service accounts and agents have access to it",
	"thirdPartyGrants": "which products of other vendors have access to it",
}

_questions contains [path, what] if {
	apps.has_accounts
	some [path, what] in _of_accounts
}

_of_accounts := [
	[["metadata", "vendor"], "which product the app is"],
	[["spec", "populations"], "who has accounts"],
	[["spec", "roleChurn"], "how often roles change"],
	[["spec", "roles"], "which roles there are"],
	[["spec", "seats"], "whether seats are paid"],
	[["spec", "breakGlass"], "which emergency accounts there are"],
	[["spec", "secondAccounts"], "which second accounts people have"],
]

# `issues`, a list of kinds of credentials, also answers this question.
_questions contains [["spec", "issuesTokens"], "whether people can create tokens"] if {
	apps.has_accounts
	not input.spec.issues
}

# The vendor's list of credentials also answers this question.
_questions contains [["spec", "issues"], "which tokens people can create"] if {
	apps.has_accounts
	input.spec.issuesTokens == true
	not vendors.facts.issues
}

# `leaver/untested` reports a missing test of the stage that closes accounts, of sessions that a deactivation by SCIM should end, and of a
# reactivation in an app with privileged roles.
_questions contains [["spec", "lifecycle", stage, "testedOn"], sprintf("when `%s` was last tested", [stage])] if {
	apps.has_accounts
	some stage in ["revokeSessions", "reactivate"]
	input.spec.lifecycle[stage].via in apps.automatic
	not _asked_as_test(stage)
}

_asked_as_test("revokeSessions") if input.spec.lifecycle.revokeSessions.via == "scim"

_asked_as_test("reactivate") if mechanisms.untested_return

# Other rules report a missing review, and `review/overdue` reports a review without a date.
_questions contains [["spec", "lifecycle", "review", key], what] if {
	apps.has_accounts
	input.spec.lifecycle.review
	some key, what in _of_reviews
}

# Other rules report the missing interval of a review with an owner.
_questions contains [["spec", "lifecycle", "review", "everyDays"], "how often accounts are reviewed"] if {
	apps.has_accounts
	input.spec.lifecycle.review
	not apps.owned("review")
}

_of_reviews := {
	"covers": "which accounts the review covers",
	"onSilence": "what happens if the reviewer does not answer",
	"selfReview": "whether reviewers decide on their own access",
}

# `review/no-reconcile` reports a missing `reconcile` if a program closes accounts, or if people close them in a critical app.
# `review/reconcile-overdue` reports a missing interval or date.
_questions contains [["spec", "lifecycle", "reconcile"], "whether accounts are compared with the source of truth"] if {
	apps.has_accounts
	input.spec.lifecycle
	not _closed_by_program
	not _asked_as_comparison
}

_asked_as_comparison if {
	comparison.by_hand
	apps.tier <= data.leaver.params["review/no-reconcile"].maxTierByHand
}

_asked_as_comparison if {
	comparison.by_hand
	input.spec.dataClass == "restricted"
}

_asked_as_comparison if {
	comparison.by_hand
	not _reviewed
}

_reviewed if comparison.review_days <= data.leaver.params["review/no-reconcile"].maxReviewDays

_closed_by_program if input.spec.lifecycle[ways.closing].via in apps.automatic

open contains {"path": path, "what": what} if {
	apps.has_accounts
	some [path, what] in sign_ons.questions
}

_questions contains [["spec", "provisioning", "jit", key], what] if {
	apps.has_accounts
	apps.created_by_jit
	some key, what in _of_jit
	not _asked_by_rule(key)
}

# `jit/untested-suspension` and `hybrid/untested-suspension` report a missing `refusesSuspended`.
_asked_by_rule("refusesSuspended") if count(suspension.by) > 0

_of_jit := {
	"defaultRole": "which role the first sign-in grants",
	"matchKey": "by which attribute a sign-in finds the account",
	"refusesSuspended": "whether a suspended person can sign in",
	"roleSync": "whether a sign-in sets roles",
}

_questions contains [["spec", "provisioning", via, key], what] if {
	apps.has_accounts
	some via in mechanisms.used
	some key, words in _of_ways[via]
	not _known_from_system(via, key)
	what := replace(words, "MECHANISM", sprintf("`%s`", [via]))
}

# A fact about the System also answers the question.
_known_from_system(via, key) if {
	some system in mechanisms.systems(via)
	object.get(data.leaver.catalogue.System[system].spec, key, null) != null
}

# `mechanism/no-credential` reports a missing credential of an automation product.
_known_from_system(via, "credential") if {
	some system in mechanisms.systems(via)
	data.leaver.catalogue.System[system].spec.kind == "automation"
}

# Keys of each mechanism. MECHANISM stands for the name of the mechanism.
_of_any_mechanism := {
	"matchKey": "by which attribute MECHANISM finds accounts",
	"operations": "which operations of MECHANISM are switched on",
	"syncMinutes": "how often MECHANISM runs",
	"delayDays": "how long MECHANISM waits before it closes an account",
}

_of_scoped_mechanism := object.union(_of_any_mechanism, {"outOfScope": "what happens to accounts that are out of the scope of MECHANISM"})

_of_named_mechanism := {"system": "which system runs MECHANISM", "credential": "which credential MECHANISM uses"}

_of_ways := {
	"scim": object.union(_of_scoped_mechanism, {
		"endpoint": "where the SCIM service is",
		"auth": "how callers of the SCIM service authenticate",
		"softDeleteMapped": "whether a deactivation is sent",
	}),
	"connector": object.union(_of_scoped_mechanism, _of_named_mechanism),
	"directory": object.union(object.union(_of_scoped_mechanism, _of_named_mechanism), {"protocol": "how the directory is read"}),
	"hr": object.union(_of_any_mechanism, {"system": "which system runs MECHANISM"}),
}

_questions contains [["spec", "provisioning", "csv", key], what] if {
	apps.has_accounts
	apps.mode == "csv"
	some key, what in _of_lists
}

_of_lists := {
	"everyDays": "how often a list is uploaded",
	"matchKey": "by which attribute accounts are found",
	"operations": "which operations an uploaded list performs",
}

# Custom programs need the same keys as a push. Other rules report `system`, `credential` and `alert`.
_questions contains [["spec", "provisioning", via, key], what] if {
	apps.has_accounts
	some via in _programs
	some key, words in _of_scoped_mechanism
	not _known_from_system(via, key)
	what := replace(words, "MECHANISM", sprintf("`%s`", [via]))
}

_programs contains via if some via in mechanisms.programs

_programs contains via if some via, _ in object.filter(input.spec.provisioning, ways.programs)

_known_from_system(via, key) if {
	via in ways.programs
	some how in input.spec.lifecycle
	how.via == via
	object.get(data.leaver.catalogue.System[how.system].spec, key, null) != null
}

# `scim/unassignment-ignored` checks what the System does when an assignment ends.
_known_from_system(via, "outOfScope") if {
	some system in mechanisms.systems(via)
	data.leaver.catalogue.System[system].spec.onUnassign
	via in ways.programs
}

_questions contains [["spec", "lifecycle", "deprovision", "signal", "everyHours"], "how late the notice about a leaver may be"] if {
	apps.has_accounts
	input.spec.lifecycle.deprovision.signal.via == "feed"
}

_questions contains [["spec", "provisioning", "shared", key], what] if {
	apps.in_use
	apps.mode == "shared"
	some key, what in _of_shared
}

_of_shared := {
	"owner": "who owns the shared account",
	"vault": "where its password is stored",
	"rotateEveryDays": "how often its password is rotated",
	"lastRotated": "when its password was last rotated",
}

_questions contains [["spec", "external", "maxDays"], "how long external people may stay"] if {
	apps.has_accounts
	some population in input.spec.populations
	population in {"contractors", "guests", "partners"}
}

# A stage that is done needs an owner. Other rules report a missing owner of `update`, `deprovision` and `review`, and a missing `via`.
_questions contains [["spec", "lifecycle", stage, "owner"], sprintf("who owns `%s`", [stage])] if {
	apps.has_accounts
	some stage, how in object.remove(input.spec.lifecycle, ["update", "deprovision", "review"])
	not how.via == "none"
	not how.maxLifeHours
}

# The rules below ask for keys of list entries. They do not use `_answered`, because `object.get` does not follow an index of a list.
_accounts := {"agent", "bot", "rpa", "service-account", "sync-account"}

_has_boolean(entry, key) if is_boolean(entry[key])

open contains {"path": ["spec", "nonHuman", at, "interactive"], "what": what} if {
	some at, item in credentials.live
	apps.in_use
	item.kind in _accounts
	not _has_boolean(item, "interactive")
	what := sprintf("whether people can sign in with `%s`", [item.name])
}

open contains {"path": ["spec", "nonHuman", at, "revokesPrevious"], "what": what} if {
	some at, item in credentials.live
	apps.in_use
	item.rotateEveryDays
	count(object.filter(item, ["revokesPrevious", "overlapHours"])) == 0
	what := sprintf("whether a rotation of `%s` revokes the old secret", [item.name])
}

open contains {"path": ["spec", "nonHuman", at, "created"], "what": what} if {
	some at, item in credentials.live
	apps.in_use
	not credentials.secretless(item)
	count(object.filter(item, ["created", "lastRotated"])) == 0
	what := sprintf("when `%s` was created", [item.name])
}

# `credential/never-expires` reports a secret without rotation.
open contains {"path": ["spec", "nonHuman", at, "expires"], "what": sprintf("when the secret of `%s` expires", [item.name])} if {
	some at, item in credentials.live
	apps.in_use
	item.rotateEveryDays
	not credentials.secretless(item)
	count(object.filter(item, ["expires", "neverExpires", "expiryUnknown"])) == 0
}

# Kinds that can belong to a person or to the organisation. Other kinds are separate accounts, or always personal.
_ambiguous_kinds := {"api-key", "certificate", "oauth-client", "scim-token", "ssh-key"}

open contains {"path": ["spec", "nonHuman", at, "boundTo"], "what": sprintf("to whom the credential `%s` belongs", [item.name])} if {
	some at, item in credentials.live
	apps.in_use
	item.kind in _ambiguous_kinds
	not item.boundTo
}

open contains {"path": ["spec", "nonHuman", at, "knownTo"], "what": sprintf("which teams know the secret of `%s`", [item.name])} if {
	some at, item in credentials.live
	apps.in_use
	item.boundTo == "team"
	not credentials.secretless(item)
	not item.rotateOnLeave == true
	not item.knownTo
}

_covered := {group | some group in input.spec.lifecycle.review.covers}

open contains {"path": ["spec", "roles", at, "privileged"], "what": what} if {
	apps.in_use
	some at, role in input.spec.roles
	not _has_boolean(role, "privileged")
	what := sprintf("whether the role `%s` is privileged", [role.name])
}

open contains {"path": ["spec", "roles", at, "lastReview"], "what": what} if {
	apps.in_use
	some at, role in input.spec.roles
	role.privileged == true
	role.reviewEveryDays
	not role.lastReview
	not "admins" in _covered
	what := sprintf("when the privileged role `%s` was last reviewed", [role.name])
}

open contains {"path": ["spec", "instances", at, "environment"], "what": sprintf("which environment the instance `%s` is", [instance.name])} if {
	apps.in_use
	some at, instance in input.spec.instances
	not instance.environment
}

open contains {"path": ["spec", "instances", at, "host"], "what": sprintf("where the instance `%s` is", [instance.name])} if {
	apps.in_use
	some at, instance in input.spec.instances
	count(object.filter(instance, ["host", "tenant"])) == 0
}

open contains {"path": ["spec", "localAccounts", "checkedOn"], "what": "when local accounts were last checked"} if {
	apps.has_accounts
	count(input.spec.localAccounts.accounts) > 0
	not input.spec.localAccounts.checkedOn
}

# `grant/unreviewed` reports a missing interval.
open contains {"path": ["spec", "thirdPartyGrants", at, "scopes"], "what": sprintf("which permissions `%s` has", [grant.name])} if {
	some at, grant in credentials.grants
	apps.in_use
	not grant.scopes
}

open contains {"path": ["spec", "localAccounts", "accounts", at, "temporary"], "what": what} if {
	apps.has_accounts
	some at, account in input.spec.localAccounts.accounts
	not _has_boolean(account, "temporary")
	what := sprintf("whether the local account `%s` is temporary", [account.name])
}
