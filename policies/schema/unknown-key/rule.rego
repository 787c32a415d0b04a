# METADATA
# title: Unknown key
# description: A misspelt key has no effect, so an owner that is declared below this key is missing.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Use one of the known keys; `leaver schema` prints them all, and an editor with the schema completes them.
package policies.schema["unknown-key"]
