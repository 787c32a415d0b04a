# METADATA
# title: Unknown pattern
# description: An app declares only what differs from its pattern. Without the pattern, the remaining values are unknown, so no rule can
#   check the app.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Set `spec.pattern` to the `metadata.name` of a declared Pattern, or declare the missing Pattern.
package policies.schema["unknown-pattern"]
