# METADATA
# title: Not valid YAML
# description: A file that cannot be read is a file whose apps nobody checks. Two equal keys, unknown tags and aliases of nothing are faults too, since tools disagree on what they mean.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Correct the YAML at the position shown.
package policies.schema.syntax
