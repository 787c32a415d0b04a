# METADATA
# title: Credential of an automation without an end date
# description: A key without an end date or rotation works for everyone who has ever seen it, including leavers. An automation product uses such a
#   key for many apps.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: Rotate the credential and set `spec.runsAs.rotateEveryDays`, give it an end date (`expires`), or use a workload identity, which has
#     no secret.
#   controls:
#     nist-800-53: ["IA-5f"]
#     pci-dss: ["8.6.3"]
#     owasp-nhi: ["NHI7"]
package policies.automation["never-expires"]

import data.policies.lib.automations

_ends if automations.secret.rotateEveryDays

_ends if {
	automations.secret.expires
	not automations.secret.neverExpires == true
}

_key := "neverExpires" if automations.secret.neverExpires == true

_key := "expires" if not automations.secret.neverExpires == true

_end_text := {"neverExpires": "never expires", "expires": "has no end date"}

findings contains {"path": ["spec", "runsAs", _key], "message": message} if {
	automations.secret
	not _ends
	message := sprintf("%s: the credential of the System %s and is not rotated", [input.metadata.name, _end_text[_key]])
}
