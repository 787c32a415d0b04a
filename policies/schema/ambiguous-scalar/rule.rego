# METADATA
# title: Value that YAML 1.1 tools read differently
# description: leaver reads YAML 1.2. Many tools still read 1.1, where a plain `no` is false, `0777` is octal and `1:30` is a base 60
#   number, so the same file means two things.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Quote text; write booleans as true and false, and numbers without a leading zero.
package policies.schema["ambiguous-scalar"]
