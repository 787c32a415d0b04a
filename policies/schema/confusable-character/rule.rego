# METADATA
# title: Lookalike or invisible character
# description: Names that look alike can be different names to leaver. A key with a Cyrillic letter, an invisible character or a direction
#   mark declares nothing, and an owner with such a character does not exist, but reviewers do not see the difference.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Retype the key or value with plain characters.
package policies.schema["confusable-character"]
