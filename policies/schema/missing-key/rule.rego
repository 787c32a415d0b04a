# METADATA
# title: Missing required key
# description: A declaration needs its kind, its name and a `spec`, and a role or credential needs its name. Without these keys, rules cannot refer to
#   the object.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Add the key.
package policies.schema["missing-key"]
