# METADATA
# title: Unknown pattern
# description: An app says only what differs from its pattern. Without the pattern nobody knows the rest, so no rule can judge the app.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Name a declared Pattern by its `metadata.name`, or declare the missing one.
package policies.schema["unknown-pattern"]
