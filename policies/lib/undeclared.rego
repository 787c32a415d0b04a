package policies.lib.undeclared

import data.policies.lib.ids
import data.policies.lib.sign_ons

# The observations of applications that no app declares, by index. Only for rules on the whole catalogue.
observations := {at: declaration |
	some at, declaration in input.declarations
	declaration.kind == "Observation"
	object.get(declaration.spec, "kind", "app") in {"app", "grant", "identity-provider"}
	not declaration.spec.builtIn == true
	not declaration.spec.status in {"inactive", "absent"}
	not declaration.spec.signOn.protocol == "none"
	not _linked(declaration.spec)
	not _of_invalid(declaration.spec)
	not _replaces(declaration.spec)
}

# The id is the address of a resource that a plan creates. The real id is unknown before the plan is applied.
yet_to_be_created(spec) if split(spec.appId, "#")[0] == spec.source.address

# The plan creates the application in place of one that an app declares. `drift/absent-app` reports the replaced application.
_replaces(spec) if {
	yet_to_be_created(spec)
	[spec.system, ids.compared(spec.replaces)] in _declared
}

# [system, id] of all applications that apps declare. Empty if nothing is observed.
_declared := {[how.system, ids.compared(how.appId)] |
	_has_observations
	some app in input.declarations
	app.kind == "App"
	some [_, how] in sign_ons.anywhere(app)
}

_has_observations if {
	some declaration in input.declarations
	declaration.kind == "Observation"
}

_linked(spec) if {
	some id in _ids(spec)
	[spec.system, id] in _declared
}

_ids(spec) := {ids.compared(id) | some id in array.concat([spec.appId], object.get(spec, "otherIds", []))}

# An app with a schema error counts as declared. Such an app may name the system only in a pattern, and an invalid app does not inherit from its
# pattern.
_of_invalid(spec) if {
	some id in _ids(spec)
	some system in [spec.system, ""]
	id in data.leaver.invalid.ids[system]
}

_of_invalid(spec) if {
	normal := normal_form(spec.label)
	normal in _invalid_names
	every system in [spec.system, ""] {
		not [normal, system] in _elsewhere
	}
}

_invalid_names := {normal_form(name) | some name, _ in data.leaver.invalid.names}

# [name, system] of each invalid app that names an application in the system by id. Such an app does not mean the observed application.
_elsewhere := {[normal_form(name), system] | some name, systems in data.leaver.invalid.names; some system in systems}

# Normal form of a name, without differences in spelling.
normal_form(text) := strings.replace_n({" ": "", "-": "", "_": "", ".": "", "(": "", ")": "", "/": ""}, lower(text))

# Apps that have a sign-on without `appId`, by their names, titles and aliases.
resembling := object.union_n([{normal: {"at": at, "app": app, "open": open}} |
	_has_observations
	some at, app in input.declarations
	app.kind == "App"
	not app.spec.status == "retired"
	open := _unlinked_sign_ons(app)
	count(open) > 0
	some written in _names(app)
	normal := normal_form(written)
	normal != ""
])

_names(app) := array.concat(
	array.concat(object.get(app.metadata, "aliases", []), [title | some title in [app.metadata.title]]),
	[app.metadata.name],
)

# [path, sign-on] of each sign-on without `appId`. An app without any sign-on gets an empty sign-on.
_unlinked_sign_ons(app) := [[path, how] |
	some [path, how] in sign_ons.of(app.spec)
	not how.appId
] if {
	count(sign_ons.of(app.spec)) > 0
}

_unlinked_sign_ons(app) := [[["spec", "signOn"], {}]] if count(sign_ons.of(app.spec)) == 0

_matching(open, system) := [sign_on |
	some sign_on in open
	object.get(sign_on[1], "system", system) == system
]

# The app to which the observed application may belong, and the sign-on without `appId`. A grant or an identity provider never matches.
app_of(spec) := {"at": found.at, "app": found.app, "path": sign_on[0], "how": sign_on[1]} if {
	object.get(spec, "kind", "app") == "app"
	found := resembling[normal_form(spec.label)]
	sign_on := _matching(found.open, spec.system)[0]
}

# Several applications of the system have the name, so it identifies none of them.
ambiguous(spec) if [spec.system, normal_form(spec.label)] in _ambiguous

_ambiguous := {[system, normal] |
	some nth, [system, normal, id] in _labelled
	[system, normal] == array.slice(_labelled[nth + 1], 0, 2)
}

_labelled := sort({[spec.system, normal_form(spec.label), ids.compared(spec.appId)] |
	some declaration in observations
	spec := declaration.spec
})
