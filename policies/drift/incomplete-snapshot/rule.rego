# METADATA
# title: Snapshot with a gap
# description: An incomplete export does not prove that an application is missing, so deleted and undeclared applications are not reported.
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

_gap_text := {
	"more-pages": "the last page names a next one",
	"maybe-more-pages": "the last page is full, so another may follow",
	"duplicate-ids": "an id occurs twice with different content",
	"unreadable-entries": "entries could not be read",
	"no-entries": "the list of applications is empty",
	"filtered": "a filter restricts the list of applications",
	"stated": "the export is marked as incomplete",
}

findings contains {"path": ["spec", "gaps", at], "message": message} if {
	some at, gap in input.spec.gaps
	some what in [_gap_text[gap]]
	message := sprintf("%s: the snapshot has a gap: %s", [input.spec.system, what])
}
