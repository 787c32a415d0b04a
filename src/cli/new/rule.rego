# METADATA
# title: App without a title
# description: Explain why it matters, in a sentence or two that a manager can read.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: {since}
#   scope: App
#   fix: Explain what to write, and where.{controls}
package {package}

# A finding is a path in the declaration and a message. A missing key is reported at its nearest parent.
findings contains {"path": ["metadata", "title"], "message": message} if {
	not input.metadata.title
	message := sprintf("%s: the app has no title", [input.metadata.name])
}
