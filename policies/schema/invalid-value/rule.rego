# METADATA
# title: Value that does not fit
# description: A value outside its type, list or range means nothing to the rules that would judge it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Write a value of the kind that the message names.
package policies.schema["invalid-value"]
