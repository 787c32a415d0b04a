# METADATA
# title: Invalid value
# description: Rules cannot check a value of the wrong type, outside the allowed values or out of range.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Use one of the values in the message, or a value of the type and range that it names.
package policies.schema["invalid-value"]
