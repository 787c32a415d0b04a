# METADATA
# title: Waiver for an app that is not declared
# description: A waiver goes by the name of the app. One that names an app that was renamed or removed covers nothing, and whoever wrote it
#   believes that it does.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, spec.apps]
#   fix: Write the `metadata.name` of the App in `spec.apps`, or remove the name.
#   controls:
#     nist-800-53: [CA-5]
#     iso-27001: [A.5.36, A.8.32]
#     pci-dss: [Appendix-B]
package policies.waiver["unknown-app"]

_apps := {declaration.metadata.name |
	some declaration in input.declarations
	declaration.kind == "App"
}

_declared(name) if name in _apps

findings contains {"declaration": at, "path": ["spec", "apps", nth], "message": message} if {
	some at, waiver in input.declarations
	waiver.kind == "Waiver"
	some nth, name in waiver.spec.apps
	not _declared(name)
	message := sprintf("%s: no valid App is called `%s`", [waiver.metadata.name, name])
}
