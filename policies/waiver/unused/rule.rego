# METADATA
# title: Unused waiver
# description: What it accepted is mended, or it was never there. The waiver still stands, and accepts the same fault on the day that somebody
#   brings it back, without a word.
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
