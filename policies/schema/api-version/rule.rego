# METADATA
# title: Declaration that leaver does not read
# description: A document that looks like a declaration but does not say so correctly, or that stands where leaver does not look, would be skipped, and the app would be checked by nobody.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: "Write `apiVersion: leaver/v1` and one of the kinds in a document of its own, or exclude the file in leaver.yaml if it belongs to another tool."
package policies.schema["api-version"]
