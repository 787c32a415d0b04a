# METADATA
# title: Missing required key
# description: "A declaration needs its kind and its name, a role and a credential their names: without them nothing can be said about the thing."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Add the key.
package policies.schema["missing-key"]
