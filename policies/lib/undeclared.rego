package policies.lib.undeclared

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
_declared := {[app.spec.signOn.system, app.spec.signOn.appId] |
	_anything
	some app in input.declarations
	app.kind == "App"
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

# Word → where the app is, of the apps that name no application, by name, title and aliases.
resembling := object.union_n([{word: {"at": at, "path": path, "app": app}} |
	_anything
	some at, app in input.declarations
	app.kind == "App"
	not app.spec.status == "retired"
	not app.spec.signOn.appId
	some [path, written] in _names(app)
	word := squeezed(written)
	word != ""
])

_names(app) := array.concat(
	array.concat(
		[[["metadata", "aliases", nth], alias] | some nth, alias in app.metadata.aliases],
		[[["metadata", "title"], title] | some title in [app.metadata.title]],
	),
	[[["metadata", "name"], app.metadata.name]],
)

# The app that an observation may be of. A grant or an identity provider is none, whatever its name.
app_of(spec) := found if {
	object.get(spec, "kind", "app") == "app"
	found := resembling[squeezed(spec.label)]
	object.get(found.app, ["spec", "signOn", "system"], spec.system) == spec.system
}
