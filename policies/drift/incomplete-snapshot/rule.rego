# METADATA
# title: Snapshot with a gap
# description: An application that is not in an incomplete export may exist all the same, so nobody is told of one that is gone or was never
#   declared.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: Snapshot
#   fix: Export all pages, as docs/observe.md shows for the system, and run `leaver observe` again.
#   controls:
#     nist-800-53: [CM-8a.1]
package policies.drift["incomplete-snapshot"]

_words := {
	"more-pages": "its last page names a next one",
	"maybe-more-pages": "its page is full, and another may follow",
	"duplicate-ids": "an id occurs twice with different content",
	"unreadable-entries": "entries could not be read",
	"no-entries": "its list of applications is empty",
	"stated": "it calls itself incomplete",
}

findings contains {"path": ["spec", "gaps", at], "message": message} if {
	some at, gap in input.spec.gaps
	some what in [_words[gap]]
	message := sprintf("%s: the snapshot has a gap: %s", [input.spec.system, what])
}
