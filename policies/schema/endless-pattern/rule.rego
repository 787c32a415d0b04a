# METADATA
# title: Patterns that inherit from each other in a ring
# description: A pattern that names itself, directly or by way of others, has no value that it could start from. A chain of more than eight
#   patterns is refused too, because nobody can say any more what an app inherits.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Take `pattern` out of the Pattern that should be the first one.
package policies.schema["endless-pattern"]
