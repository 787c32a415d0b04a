# METADATA
# title: Unknown key
# description: A misspelt key declares nothing. The owner that somebody thought was named is not.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Write one of the known keys; `leaver schema` prints them all, and an editor with the schema completes them.
package policies.schema["unknown-key"]
