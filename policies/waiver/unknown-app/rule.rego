# METADATA
# title: Waiver for an unknown app
# description: A name, label, vendor or pattern of the waiver matches no valid App, for example because the app was renamed. This entry
#   of the waiver covers nothing, so the findings for which it was meant are reported.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, metadata.labels, metadata.vendor, spec.apps, spec.labels, spec.pattern, spec.vendor]
#   fix: Set `spec.apps` to the `metadata.name` of Apps, or use a label, vendor or pattern that apps have; remove entries that match no app.
#   controls:
#     nist-800-53: [CA-5]
#     iso-27001: [A.5.36, A.8.32]
#     pci-dss: [Appendix-B]
package policies.waiver["unknown-app"]

import data.policies.lib.waivers

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
	message := sprintf("%s: there is no valid App `%s`", [waiver.metadata.name, name])
}

# A waiver by label, vendor or pattern covers the apps that match.
findings contains {"declaration": at, "path": ["spec", key], "message": message} if {
	some at, waiver in input.declarations
	waiver.kind == "Waiver"
	waivers.is_open(waiver)
	count([nth | some nth, app in input.declarations; waivers.selects(waiver, app)]) == 0
	key := [name | some name in ["labels", "vendor", "pattern"]; waiver.spec[name]][0]
	message := sprintf("%s: no valid App has this %s", [waiver.metadata.name, trim_suffix(key, "s")])
}
