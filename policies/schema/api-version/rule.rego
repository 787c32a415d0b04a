# METADATA
# title: Declaration that leaver does not read
# description: The document looks like a declaration but has a wrong envelope or is in a wrong place. leaver would skip it, and the app
#   would not be checked.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: "Set `apiVersion: leaver/v1` and a valid kind in a separate document, or exclude the file in leaver.yaml if it belongs to another
#     tool."
package policies.schema["api-version"]
