# METADATA
# title: Change that edits its own check
# description: With `--trust-ref`, configuration, rules, profiles, vendor facts, the baseline, signers and waivers come from the trusted
#   commit, so that a change cannot relax its own check. The edits of the change apply after the merge. An edit that relaxes the check is an
#   error until a code owner accepts it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Review the edit separately; a CODEOWNERS entry for these files enforces that. If the edit relaxes the check on purpose, a code
#     owner passes its digest to the pipeline with `--accept-policy-change`.
#   controls:
#     nist-800-53: [CM-5, CM-3]
#     iso-27001: [A.5.3]
package policies.trust.changed
