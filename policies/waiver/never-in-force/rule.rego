# METADATA
# title: Waiver that is never in force
# description: The waiver ends before it begins, so one of the dates is wrong, and leaver never applies the waiver.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: Waiver
#   fix: Correct `from` or `expires`.
#   controls:
#     nist-800-53: [CA-5]
#     iso-27001: [A.5.36, A.8.32]
#     pci-dss: [Appendix-B]
package policies.waiver["never-in-force"]

findings contains {"path": ["spec", "from"], "message": message} if {
	input.spec.from > input.spec.expires
	message := sprintf("%s: the waiver begins on %s, after it expires on %s", [input.metadata.name, input.spec.from, input.spec.expires])
}
