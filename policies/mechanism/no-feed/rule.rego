# METADATA
# title: System without a declared feed
# description: An identity provider, a directory or a job runner closes an account only after it learns of the leaver. The delay until then depends on
#   the feeds of the System and on their intervals. This delay decides whether apps can meet their SLAs.
# custom:
#   severity: info
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, spec.status, spec.kind, spec.fedBy, spec.sourceOfTruth, spec.signOn, spec.populations, spec.provisioning.*.system, spec.provisioning.*.credential, spec.lifecycle.*.via, spec.lifecycle.*.system, spec.lifecycle.*.queue, spec.lifecycle.*.credential, spec.lifecycle.*.slaHours, spec.lifecycle.*.urgent.slaHours, spec.lifecycle.*.signal.everyHours]
#   fix: "List in `fedBy` all Systems that notify this System of joiners, movers and leavers, with the interval in `syncMinutes`. Set `fedBy:
#     []` if people are entered in the System itself."
#   controls:
#     nist-800-53: ["IA-4", "PS-4a"]
#     cis-v8: ["5.6"]
#     nist-csf: ["PR.AA-01"]
package policies.mechanism["no-feed"]

import data.policies.lib.acting

_kinds := {"idp", "directory", "iga", "automation"}

_fed(spec) if is_array(spec.fedBy)

_timed(feed) if feed.syncMinutes >= 0

# The path, a text and the severity of each missing key. If an SLA depends on the System, the finding is an error instead.
_missing_keys(spec) := [[["spec", "fedBy"], "`fedBy` is missing", "info"]] if {
	spec.kind in _kinds
	not _fed(spec)
}

_missing_keys(spec) := [[["spec", "fedBy", nth, "syncMinutes"], what, "warning"] |
	some nth, feed in spec.fedBy
	not _timed(feed)
	what := sprintf("the feed from `%s` has no `syncMinutes`", [feed.system])
] if _fed(spec)

findings contains {"declaration": at, "path": path, "message": message, "severity": severity, "related": related} if {
	some [name, at] in acting.declared
	some [path, what, lightest] in _missing_keys(input.declarations[at].spec)
	steps := acting.steps_with_sla(name)
	[severity, why] := _severity_and_reason(steps, lightest)
	related := [{"declaration": step.at, "path": ["spec", "lifecycle", step.stage], "message": "has an SLA"} |
		some step in array.slice(steps, 0, 5)
	]
	message := sprintf("%s: %s, so it is unclear %s", [name, what, why])
}

_severity_and_reason(steps, lightest) := [lightest, "how late it learns of leavers"] if count(steps) == 0

_severity_and_reason(steps, _) := ["error", sprintf("whether %s can be met", [_slas_text(_apps(steps))])] if count(steps) > 0

_apps(steps) := sort({step.app | some step in steps})

_slas_text(names) := sprintf("the SLA of %s", [names[0]]) if count(names) == 1

_slas_text(names) := sprintf("the SLAs of %s", [_apps_text(names)]) if count(names) > 1

_apps_text(names) := concat(" and ", names) if count(names) < 3

_apps_text(names) := sprintf("%s and %d other apps", [names[0], count(names) - 1]) if count(names) > 2

# `fedBy` is empty, but an app whose SLA depends on the System has another source of truth.
findings contains {"declaration": at, "path": ["spec", "fedBy"], "message": message, "severity": "error", "related": related} if {
	some [name, at] in acting.declared
	input.declarations[at].spec.fedBy == []
	steps := [step | some step in acting.by_system[name]; step.has_sla; data.leaver.catalogue.System[step.source]]
	some source in {step.source | some step in steps}
	count({name} & acting.upstream(source)) == 0
	theirs := [step | some step in steps; step.source == source]
	related := [{"declaration": step.at, "path": ["spec", "sourceOfTruth"], "message": "the source of truth"} |
		some step in array.slice(theirs, 0, 5)
	]
	message := sprintf("%s: `fedBy` is empty, but %s is the source of truth of %s", [name, source, _apps_text(_apps(theirs))])
}
