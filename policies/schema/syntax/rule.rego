# METADATA
# title: Not valid YAML
# description: The apps in a file that cannot be read are not checked. Duplicate keys, unknown tags and undefined aliases are errors too,
#   since tools disagree on their meaning.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Correct the YAML at the position shown.
package policies.schema.syntax
