# METADATA
# title: Invalid value
# description: A value outside its type, list or range means nothing to the rules that would judge it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Write one of the values that the message lists, or a value of the type and range that it names.
package policies.schema["invalid-value"]
