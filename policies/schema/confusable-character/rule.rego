# METADATA
# title: Lookalike or invisible character
# description: Names that look alike can be different names to leaver. With a Cyrillic letter, an invisible character or a direction mark, a
#   key declares nothing and an owner does not exist, but reviewers do not see it.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Retype the key or value with plain characters.
package policies.schema["confusable-character"]
