# METADATA
# title: Waiver for an unknown rule
# description: leaver matches waivers by rule id. This id has a typo or belongs to a removed rule, so the waiver covers nothing.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: Waiver
#   fix: Set `spec.rule` to the id that `leaver check` shows, or delete the waiver.
#   controls:
#     nist-800-53: [CA-5]
#     iso-27001: [A.5.36, A.8.32]
#     pci-dss: [Appendix-B]
package policies.waiver["unknown-rule"]

import data.policies.lib.words

_is_known if input.spec.rule in data.leaver.rules.known

_retired contains old if some old in [data.leaver.rules.retired[input.spec.rule]]

default _hint := ""

_hint := sprintf("; it was retired in %s, and `%s` replaces it", [old.version, old.successor]) if {
	some old in _retired
	old.successor
}

_hint := sprintf("; it was retired in %s", [old.version]) if {
	some old in _retired
	not old.successor
}

_hint := sprintf("; the most similar is `%s`", [words.nearest(input.spec.rule, data.leaver.rules.known)]) if count(_retired) == 0

findings contains {"path": ["spec", "rule"], "message": message} if {
	some rule in [input.spec.rule]
	not _is_known
	message := sprintf("%s: there is no rule `%s`%s", [input.metadata.name, rule, _hint])
}
