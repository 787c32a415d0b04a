# METADATA
# title: App that resembles an observed application
# description: Equal names do not prove that the app is the observed application. Until the app has the id of the application, observations
#   are not compared with the declaration.
# custom:
#   severity: info
#   precision: medium
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, metadata.title, metadata.aliases, spec.status, spec.signOn, spec.populations, spec.system, spec.appId, spec.otherIds, spec.kind, spec.label, spec.builtIn, spec.assigned, spec.jit, spec.planned, spec.replaces, spec.source]
#   fix: If the app is this application, set `spec.signOn.appId` to the id. If not, declare the application as another app.
#   controls:
#     nist-800-53: [CM-8a.1, IA-4]
package policies.drift["unlinked-app"]

import data.policies.lib.undeclared

# If `signOn` is missing, the fix adds the whole block.
_fix(found, spec) := [{"op": "add", "path": _pointer(found, "/appId"), "value": spec.appId}] if found.how.system

_fix(found, spec) := [
	{"op": "add", "path": _pointer(found, "/system"), "value": spec.system},
	{"op": "add", "path": _pointer(found, "/appId"), "value": spec.appId},
] if {
	found.app.spec.signOn
	not found.how.system
}

_fix(found, spec) := [{"op": "add", "path": "/spec/signOn", "value": {"system": spec.system, "appId": spec.appId}}] if {
	not found.app.spec.signOn
}

_pointer(found, key) := concat("", ["/", concat("/", [sprintf("%v", [step]) | some step in found.path]), key])

_message(app, spec) := sprintf("%s: the app may be the application `%s` in %s, whose id is `%s`", [app.metadata.name, spec.label, spec.system, spec.appId]) if {
	not undeclared.yet_to_be_created(spec)
}

_message(app, spec) := sprintf("%s: the app may be the application `%s` in %s, which has an id once the plan is applied", [app.metadata.name, spec.label, spec.system]) if {
	undeclared.yet_to_be_created(spec)
}

_candidates contains [at, spec, found] if {
	some at, declaration in undeclared.observations
	spec := declaration.spec
	found := undeclared.app_of(spec)
}

_is_certain(spec) if {
	not undeclared.yet_to_be_created(spec)
	not undeclared.ambiguous(spec)
}

findings contains {"declaration": found.at, "path": path, "message": message, "related": related, "fix": fix} if {
	some [at, spec, found] in _candidates
	_is_certain(spec)
	path := array.concat(found.path, ["appId"])
	message := _message(found.app, spec)
	fix := _fix(found, spec)
	related := [{"declaration": at, "path": ["spec", "appId"], "message": "the application"}]
}

findings contains {"declaration": found.at, "path": path, "message": message, "related": related} if {
	some [at, spec, found] in _candidates
	not _is_certain(spec)
	path := array.concat(found.path, ["appId"])
	message := _message(found.app, spec)
	related := [{"declaration": at, "path": ["spec", "appId"], "message": "the application"}]
}
