# METADATA
# title: Waiver for too many apps
# description: A waiver by label, vendor or pattern grows with the catalogue. More apps match than were approved, so leaver applies the waiver to none
#   of them and reports their findings again.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, metadata.labels, metadata.vendor, spec.apps, spec.labels, spec.pattern, spec.vendor, spec.maxApps]
#   fix: Fix the finding in some of the apps and remove the label from them, or have the waiver approved again with a higher `spec.maxApps`.
#   controls:
#     nist-800-53: [CA-5]
#     iso-27001: [A.5.36, A.8.32]
#     pci-dss: [Appendix-B]
package policies.waiver["too-many-apps"]

import data.policies.lib.waivers

# Maximum number of apps shown as related places.
_max_shown := 5

findings contains {"declaration": at, "path": ["spec", "maxApps"], "message": message, "related": related} if {
	some at, waiver in input.declarations
	waiver.kind == "Waiver"
	waiver.spec.maxApps
	apps := [nth | some nth, app in input.declarations; waivers.selects(waiver, app)]
	count(apps) > waiver.spec.maxApps
	related := [{"declaration": nth, "path": ["metadata", "name"], "message": "matches"} | some nth in array.slice(apps, 0, _max_shown)]
	message := sprintf("%s: `maxApps` is %d, but %d apps match, so the waiver is not applied", [
		waiver.metadata.name, waiver.spec.maxApps, count(apps),
	])
}
