# METADATA
# title: Stage done by the vendor without a contract
# description: If the vendor's support desk creates or closes accounts, the contract decides how long that may take. Without contact and contract,
#   there is no agreed time.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `contact` and `contract` of the stage, and let the contract state the time.
#   controls:
#     nist-800-53: [SA-9, PS-7]
#     iso-27001: [A.5.19, A.5.20]
#     pci-dss: ["12.8.2"]
#     nist-csf: [GV.SC-05]
package policies.vendor["no-contract"]

import data.policies.lib.apps

findings contains {"path": ["spec", "lifecycle", stage, key], "message": message} if {
	apps.alive
	some stage, how in input.spec.lifecycle
	how.via == "vendor"
	some key in [_missing(how)]
	message := sprintf("%s: the vendor does `%s`, but `%s` is missing", [input.metadata.name, stage, key])
}

_missing(how) := "contact" if not how.contact

_missing(how) := "contract" if {
	how.contact
	not how.contract
}
