# METADATA
# title: Character that looks like another, or like nothing
# description: Two names that read alike are two names to leaver. With a Cyrillic letter, a character that cannot be seen or a mark that
#   turns the direction of text, a key declares nothing and an owner is nobody, while every reviewer reads what they expect.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Type the key or value again with plain characters.
package policies.schema["confusable-character"]
