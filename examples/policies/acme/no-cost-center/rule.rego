# METADATA
# title: App without a cost center
# description: If no cost center pays for the seats of an app, nobody notices unused seats.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 1.0.0
#   scope: App
#   fix: Write the cost center into `metadata.labels.costCenter`, such as `cc-1207`.
package policies.acme["no-cost-center"]

findings contains {"path": ["metadata", "labels", "costCenter"], "message": message} if {
	not input.metadata.labels.costCenter
	message := sprintf("%s: no cost center pays for this app", [input.metadata.name])
}
