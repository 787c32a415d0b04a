# METADATA
# title: Unused pattern
# description: A pattern that no app names has no effect, although reviewers may assume otherwise. The next app may copy the pattern with its
#   mistakes.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   reads: [kind, metadata.name, spec.pattern, spec.populations]
#   fix: Delete the Pattern, or set `spec.pattern` of the apps that it describes.
#   controls:
#     nist-800-53: [CM-2]
package policies.pattern.unused

_used contains pattern if {
	some declaration in input.declarations
	declaration.kind in {"App", "Pattern"}
	pattern := declaration.spec.pattern
}

_used contains pattern if {
	some declaration in input.declarations
	some population in declaration.spec.populations
	pattern := population.pattern
}

findings contains {"declaration": at, "path": ["metadata", "name"], "message": message} if {
	some at, declaration in input.declarations
	declaration.kind == "Pattern"
	not declaration.metadata.name in _used
	message := sprintf("%s: no app uses this pattern", [declaration.metadata.name])
}
