# METADATA
# title: Patterns that inherit from each other in a cycle
# description: A pattern that inherits from itself, directly or through others, has no base value. A chain of more than eight patterns is
#   refused too, because it is too hard to follow.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Remove `pattern` from the Pattern that should be the first one.
package policies.schema["endless-pattern"]
