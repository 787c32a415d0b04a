# METADATA
# title: Unused waiver
# description: The waived finding is fixed or never existed. If the finding came back, the waiver would silently accept it.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Delete the waiver. If it was written for another finding, correct `rule`, `apps` or `path`.
#   controls:
#     nist-800-53: [CA-5]
#     iso-27001: [A.5.36, A.8.32]
#     pci-dss: [Appendix-B]
package policies.waiver.unused
