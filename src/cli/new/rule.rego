# METADATA
# title: App without a title
# description: Say here why it matters, in a sentence or two that a manager can read.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: {since}
#   scope: App
#   fix: Say here what to write, and where.{controls}
package {package}

# A finding is a path into the declaration and a message. A key that is missing is shown at its nearest parent.
findings contains {"path": ["metadata", "title"], "message": message} if {
	not input.metadata.title
	message := sprintf("%s: the app has no title", [input.metadata.name])
}
