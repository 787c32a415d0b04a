# METADATA
# title: Delay that the system does not offer
# description: Some identity providers offer a fixed list of delays before an account is closed. The declared delay is not in the list, so
#   it is unknown how long leavers keep access.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Look up the setting in the identity provider and set `delayDays` to it. If the choices changed, declare them in the System.
#   controls:
#     nist-800-53: ["AC-2(3)"]
package policies.scim["delay-not-offered"]

import data.policies.lib.apps
import data.policies.lib.mechanisms

findings contains {"path": ["spec", "provisioning", via, "delayDays"], "message": message, "related": related} if {
	apps.alive
	some via in mechanisms.used
	some days in [input.spec.provisioning[via].delayDays]
	some system in mechanisms.systems(via)
	some choices in [data.leaver.catalogue.System[system].spec.delayDaysChoices]
	count({days} & {choice | some choice in choices}) == 0
	message := sprintf("%s: %s does not offer a delay of %d days, only %s", [
		input.metadata.name, system, days, concat(", ", [sprintf("%d", [choice]) | some choice in choices]),
	])
	related := [{"kind": "System", "name": system, "path": ["spec", "delayDaysChoices"], "message": "the choices"}]
}
