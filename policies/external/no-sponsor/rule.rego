# METADATA
# title: Guests without a sponsor
# description: External people are in no HR system. Without a sponsor, nobody notices when their project ends. At tier 1 and 2, the finding is an
#   error.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.external.sponsor` to the team that confirms that these people still need access.
#   controls:
#     nist-800-53: ["AC-2(3)(a)"]
#     pci-dss: ["8.2.7", "7.2.4"]
package policies.external["no-sponsor"]

import data.policies.lib.apps

_external_populations := [population |
	some population in input.spec.populations
	population in {"contractors", "guests", "partners"}
]

default _severity := "warning"

_severity := "error" if apps.tier <= 2

findings contains {"path": ["spec", "external", "sponsor"], "message": message, "severity": _severity} if {
	apps.alive
	count(_external_populations) > 0
	not input.spec.external.sponsor
	message := sprintf("%s: %s have accounts, but `external.sponsor` is missing", [input.metadata.name, concat(" and ", _external_populations)])
}
