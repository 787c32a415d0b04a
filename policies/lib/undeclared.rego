package policies.lib.undeclared

import data.policies.lib.sign_ons

# Where in the catalogue → observation, of what people have accounts in. Only rules on the whole catalogue use these.
observations := {at: declaration |
	some at, declaration in input.declarations
	declaration.kind == "Observation"
	object.get(declaration.spec, "kind", "app") in {"app", "grant", "identity-provider"}
	not declaration.spec.builtIn == true
	not declaration.spec.status in {"inactive", "absent"}
	not declaration.spec.signOn.protocol == "none"
	not _linked(declaration.spec)
}

# [system, id] of all apps. Nothing is gone over where nothing was observed.
_declared := {[how.system, how.appId] |
	_anything
	some app in input.declarations
	app.kind == "App"
	some [_, how] in sign_ons.anywhere(app)
}

_anything if {
	some declaration in input.declarations
	declaration.kind == "Observation"
}

_linked(spec) if [spec.system, spec.appId] in _declared

_linked(spec) if {
	some other in spec.otherIds
	[spec.system, other] in _declared
}

# A name as people write it one way or another.
squeezed(text) := strings.replace_n({" ": "", "-": "", "_": "", ".": "", "(": "", ")": "", "/": ""}, lower(text))

# Word → where the app is, of the apps with a sign-on that names no application, by name, title and aliases.
resembling := object.union_n([{word: {"at": at, "app": app, "open": open}} |
	_anything
	some at, app in input.declarations
	app.kind == "App"
	not app.spec.status == "retired"
	open := _open(app)
	count(open) > 0
	some written in _names(app)
	word := squeezed(written)
	word != ""
])

_names(app) := array.concat(
	array.concat(object.get(app.metadata, "aliases", []), [title | some title in [app.metadata.title]]),
	[app.metadata.name],
)

# [path, sign-on] of those that name no application; an app without any has none yet.
_open(app) := [[path, how] |
	some [path, how] in sign_ons.of(app.spec)
	not how.appId
] if {
	count(sign_ons.of(app.spec)) > 0
}

_open(app) := [[["spec", "signOn"], {}]] if count(sign_ons.of(app.spec)) == 0

_matching(open, system) := [sign_on |
	some sign_on in open
	object.get(sign_on[1], "system", system) == system
]

# The app that an observation may be of, and the sign-on that leaves it open. A grant or an identity provider is none, whatever its name.
app_of(spec) := {"at": found.at, "app": found.app, "path": sign_on[0], "how": sign_on[1]} if {
	object.get(spec, "kind", "app") == "app"
	found := resembling[squeezed(spec.label)]
	sign_on := _matching(found.open, spec.system)[0]
}
