# METADATA
# title: Two mechanisms create the same accounts
# description: If a sign-in and a push both create accounts, neither recognises the accounts of the other. Each overwrites these accounts or
#   creates a second account, and a push can often close only accounts that it created.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Switch creation off in one of the two (`jit.creates: false`, or no `create` in `operations`), or set
#     `spec.provisioning.precedence` to the one that wins."
#   controls:
#     nist-800-53: [IA-4, AC-2f, CM-8a.1]
package policies.hybrid["two-creators"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

# [mechanism, path] of each push that creates accounts.
_pushes contains [via, ["spec", "lifecycle", "create", "via"]] if {
	some via in [input.spec.lifecycle.create.via]
	via in mechanisms.pushing
}

_pushes contains [via, ["spec", "provisioning", via, "operations"]] if {
	some via in mechanisms.used
	"create" in input.spec.provisioning[via].operations
}

_creators contains via if some [via, _] in _pushes

_creators contains "jit" if {
	apps.created_by_jit
	not mechanisms.contradicted
}

_has_precedence if input.spec.provisioning.precedence != ""

_creators_text := concat("` and `", sort(_creators))

findings contains {"path": ["spec", "provisioning", "jit", "creates"], "message": message, "related": related} if {
	"jit" in _creators
	count(_pushes) > 0
	not _has_precedence
	message := sprintf("%s: accounts are created by `%s`, but `precedence` does not declare which one wins", [input.metadata.name, _creators_text])
	related := [{"kind": "App", "name": input.metadata.name, "path": path, "message": sprintf("`%s` creates too", [via])} |
		some [via, path] in _pushes
	]
}

findings contains {"path": ["spec", "provisioning", "precedence"], "message": message} if {
	"jit" in _creators
	count(_pushes) > 0
	some winner in [input.spec.provisioning.precedence]
	count({winner} - _creators) == 1
	message := sprintf("%s: accounts are created by `%s`, but `precedence` names `%s`", [input.metadata.name, _creators_text, winner])
}
