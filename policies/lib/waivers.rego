# The apps that a waiver covers. Each selector narrows the selection. The result is the same as in Rust.
package policies.lib.waivers

import data.policies.lib.grouped

# The waiver covers the app.
selects(waiver, app) if {
	_selective(waiver)
	app.kind == "App"
	_by_name(waiver, app)
	_by_labels(waiver, app)
	_by_vendor(waiver, app)
	_by_pattern(waiver, app)
}

# The waiver may cover apps that it does not name.
is_open(waiver) if {
	not waiver.spec.apps
	_selective(waiver)
}

_selective(waiver) if waiver.spec.apps

_selective(waiver) if count(waiver.spec.labels) > 0

_selective(waiver) if waiver.spec.vendor

_selective(waiver) if waiver.spec.pattern

_by_name(waiver, _) if not waiver.spec.apps

_by_name(waiver, app) if app.metadata.name in waiver.spec.apps

_by_labels(waiver, _) if not waiver.spec.labels

_by_labels(waiver, app) if {
	labels := object.get(app.metadata, "labels", {})
	others := [key | some key, value in waiver.spec.labels; object.get(labels, key, null) != value]
	count(others) == 0
}

_by_vendor(waiver, _) if not waiver.spec.vendor

# A blank vendor matches no app.
_by_vendor(waiver, app) if {
	trim_space(waiver.spec.vendor) != ""
	lower(waiver.spec.vendor) == lower(app.metadata.vendor)
}

_by_pattern(waiver, _) if not waiver.spec.pattern

_by_pattern(waiver, app) if waiver.spec.pattern in _with_ancestors[app.spec.pattern]

# For each pattern: the pattern itself and the patterns that it inherits from. A chain has at most eight patterns.
_with_ancestors := {declaration.metadata.name: _with_bases(_with_bases(_with_bases(_with_bases(_with_bases(_with_bases(_with_bases({declaration.metadata.name}))))))) |
	some declaration in input.declarations
	declaration.kind == "Pattern"
}

_with_bases(names) := names | {base | some name in names; some base in _bases[name]}

# Two patterns may have the same name, which `catalogue/duplicate-name` reports.
_bases := grouped.by_key([[declaration.metadata.name, declaration.spec.pattern] |
	some declaration in input.declarations
	declaration.kind == "Pattern"
])
