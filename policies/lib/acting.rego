# The Systems that perform stages of apps, for rules on the whole catalogue. Rules on one app use `mechanisms`.
package policies.lib.acting

import data.policies.lib.grouped
import data.policies.lib.populations
import data.policies.lib.sign_ons

# The stages that each System performs, each as {at, app, stage, source, promised, signed, queued}. `at` is the index of the app, and `source` is
# its source of truth. `promised` means that the stage has an SLA that depends on feeds, `signed` that the app names the credential or that none is
# needed, and `queued` that the stage has a queue.
by_system := grouped.by_key([[system, step] |
	some at, app in input.declarations
	app.kind == "App"
	not app.spec.status == "retired"
	some [name, spec] in _specs(app)
	behind := _mechanism_systems(spec, name)
	some stage, how in spec.lifecycle
	system := object.get(how, "system", object.get(behind, object.get(how, "via", ""), ""))
	system != ""
	step := {
		"at": at,
		"app": app.metadata.name,
		"stage": stage,
		"source": object.get(spec, "sourceOfTruth", ""),
		"has_sla": _has_sla(stage, how),
		"has_credential": _has_credential(spec, stage, how),
		"has_queue": object.get(how, "queue", "") != "",
	}
])

# [population, spec] of the app itself, with the name "", and of each population that is a mapping. The keys of a population override those of the
# app.
_specs(app) := array.concat(
	[["", app.spec]],
	[[population.name, object.union(app.spec, population)] | some [_, population] in populations.of(app)],
)

# The System of each mechanism, as in `mechanisms`.
_mechanism_systems(spec, population) := object.union(
	{"scim": system | some [_, how] in array.slice(sign_ons.serving(spec, population), 0, 1); some system in [how.system]},
	{via: system |
		some via, block in object.filter(object.get(spec, "provisioning", {}), _named)
		some system in [block.system]
	},
)

_named := ["connector", "directory", "hr", "script", "automation"]

_follow_the_source := {"create", "update", "entitle", "deprovision", "revokeSessions", "revokeCredentials"}

# The stage has an SLA that depends on the feeds of the System. If a signal declares its own time, the SLA does not depend on the feeds.
_has_sla(stage, how) := count(times) > 0 if {
	times := [hours |
		stage in _follow_the_source
		some hours in [object.get(how, "slaHours", -1), object.get(how, ["urgent", "slaHours"], -1)]
		hours >= 0
		object.get(how, ["signal", "everyHours"], 0) == 0
	]
}

# Mechanisms by which a System changes accounts with a credential of the System or of the app. SCIM is not among them, because only the app names its
# credential.
_signing_in := {"script", "automation", "csv", "connector", "directory", "hr"}

_changing := {"create", "update", "entitle", "deprovision", "remove", "reactivate"}

_has_credential(spec, stage, how) := count(names) > 0 if {
	via := object.get(how, "via", "")
	credentials := [object.get(how, "credential", ""), object.get(spec, ["provisioning", via, "credential"], "")]
	needed := [via | via in _signing_in; stage in _changing]
	names := array.concat([name | some name in credentials; name != ""], ["none" | count(needed) == 0])
}

# [name, index] of the declared Systems that are not retired. Two Systems may have the same name, which `catalogue/duplicate-name` reports.
declared := {[system.metadata.name, at] |
	some at, system in input.declarations
	system.kind == "System"
	not system.spec.status == "retired"
}

# The Systems that feed each System, and the Systems that each System feeds.
_sources := grouped.by_key(_feeds)

_targets := grouped.by_key([[from, to] | some [to, from] in _feeds])

_feeds := [[name, feed.system] |
	some name, system in data.leaver.catalogue.System
	some feed in system.spec.fedBy
]

# The System and all Systems that feed it, directly or in up to six hops, as in `feeds`.
upstream(name) := _with_sources(_with_sources(_with_sources(_with_sources(_with_sources(_with_sources({name}))))))

_with_sources(names) := names | {from | some name in names; some from in _sources[name]}

# The System and all Systems that it feeds.
downstream(name) := _with_targets(_with_targets(_with_targets(_with_targets(_with_targets(_with_targets({name}))))))

_with_targets(names) := names | {to | some name in names; some to in _targets[name]}

# The SLAs that depend on the feeds of a System, directly or through other Systems.
steps_with_sla(name) := [step |
	some system in downstream(name)
	some step in by_system[system]
	step.has_sla
]
