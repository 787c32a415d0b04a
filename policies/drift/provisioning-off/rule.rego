# METADATA
# title: Declared provisioning that is switched off
# description: According to the declaration, a system pushes accounts, but provisioning is switched off in the system. Accounts are not
#   created, changed or closed.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Switch provisioning on in the system, or set `spec.provisioning.mode` to the mechanism that creates accounts.
#   controls:
#     nist-800-53: [AC-2f, AC-2(1)]
#     soc2: [CC6.2/Prevents-the-Use-of-Credentials-When-No-Longer-Valid]
package policies.drift["provisioning-off"]

import data.policies.lib.observed

findings contains {"path": ["spec", "provisioning", "mode"], "message": message, "related": related} if {
	observed.running
	some observation in observed.present
	observation.spec.provisioning.enabled == false
	not observed.elsewhere(observation, ["provisioning", "enabled"])
	mechanisms := observed.mechanisms_of(observation.spec.system)
	count(mechanisms) > 0
	message := sprintf("%s: accounts are declared to be provisioned by %s, but provisioning is off %s", [
		input.metadata.name, concat(" and ", sort(mechanisms)), observed.place(observation),
	])
	related := [observed.related(observation, ["provisioning", "enabled"], "observed here")]
}
