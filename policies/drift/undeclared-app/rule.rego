# METADATA
# title: Undeclared application
# description: People sign in to an application for which no owner, deprovisioning or review is declared.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, metadata.title, metadata.aliases, spec.status, spec.signOn, spec.populations, spec.system, spec.appId, spec.otherIds, spec.kind, spec.label, spec.builtIn, spec.assigned, spec.jit, spec.planned, spec.replaces, spec.source]
#   fix: Declare the app with its `signOn.system` and `signOn.appId`; `leaver import` writes the draft. If it is not in use, switch it off
#     in the system.
#   controls:
#     nist-800-53: [CM-8a.1, AC-2a]
#     cis-v8: ["5.1", "6.8"]
#   params:
#     manyPeople:
#       type: integer
#       default: 1
#       minimum: 0
#       unit: count
#       description: Minimum number of people and groups for a finding above `info`
#       source: a judgement
package policies.drift["undeclared-app"]

import data.policies.lib.undeclared

_params := data.leaver.params["drift/undeclared-app"]

_nouns := {"app": "application", "grant": "product with access to accounts", "identity-provider": "identity provider"}

_kind(spec) := object.get(spec, "kind", "app")

_people(spec) := max([object.get(spec, ["assigned", key], 0) | some key in ["people", "individuals"]])

_groups(spec) := object.get(spec, ["assigned", "groups"], 0)

_assigned(spec) := concat(", ", array.concat(
	[_number_of(number, "person", "people") | some number in [_people(spec)]; number > 0],
	[_number_of(number, "group", "groups") | some number in [_groups(spec)]; number > 0],
))

_number_of(number, one, _) := sprintf("1 %s", [one]) if number == 1

_number_of(number, _, many) := sprintf("%d %s", [number, many]) if number > 1

_count_suffix(spec) := sprintf(" (%s)", [_assigned(spec)]) if _assigned(spec) != ""

_count_suffix(spec) := "" if _assigned(spec) == ""

# Products that people connected themselves, and applications without people, are `info`. Without `assigned`, an application
# is not `info`, because nobody knows how many people use it.
_is_info(spec) if _kind(spec) == "grant"

_is_info(spec) if {
	spec.assigned
	_people(spec) + _groups(spec) < _params.manyPeople
}

_severity(spec) := "info" if _is_info(spec)

_severity(spec) := "warning" if not _is_info(spec)

# The export that contains the application.
_export(declaration) := [{"kind": "Snapshot", "name": name, "path": ["spec", "takenOn"], "message": "the export"} |
	some snapshot in [data.leaver.snapshots[declaration.spec.system].of[declaration.metadata.name]]
	name := snapshot.metadata.name
]

findings contains {"declaration": at, "path": ["spec", "appId"], "message": message, "severity": severity, "related": related} if {
	some at, declaration in undeclared.observations
	spec := declaration.spec
	not undeclared.app_of(spec)
	related := _export(declaration)
	severity := _severity(spec)
	message := sprintf("%s: the %s `%s`%s is not declared", [
		spec.system, _nouns[_kind(spec)], object.get(spec, "label", spec.appId), _count_suffix(spec),
	])
}
