# METADATA
# title: The change edits its own check
# description: With `--trust-ref`, configuration, rules, profiles, vendor facts, the baseline, signers and waivers come from the trusted commit, so
#   that a change cannot relax the rules it is checked by. What it edits in them counts after the merge. An edit that relaxes the check is an
#   error until a code owner accepts it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Review the edit for itself; a CODEOWNERS entry on these files makes sure that somebody does. If it relaxes the check and is meant, a code owner
#     gives its digest to the pipeline with `--accept-policy-change`.
#   controls:
#     nist-800-53: [CM-5, CM-3]
#     iso-27001: [A.5.3]
package policies.trust.changed
