# METADATA
# title: System that contradicts a built-in fact
# description: "leaver has built-in facts about well-known systems, from the vendors' documentation. A declaration that contradicts a fact disables
#   every rule that uses the fact. For example, with `deletes: true`, deletions count as done although Okta never deletes accounts."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: Remove the key. If the built-in fact is wrong, report the error with a source, so that `data/systems.yaml` can be corrected.
#   controls:
#     nist-800-53: [CM-8a.3]
package policies.catalogue["contradicts-built-in"]

import data.policies.lib.systems

findings contains {"path": fact.path, "message": message, "related": related} if {
	some fact in systems.contradicted
	message := sprintf("%s: `%s` is %s, but the built-in System `%s` states %s (%s)", [
		input.metadata.name, concat(".", fact.path), json.marshal(fact.mine), fact.system, json.marshal(fact.known), _source(fact.system),
	])
	related := [{"kind": "built-in System", "name": fact.system, "path": fact.path, "message": "the built-in fact"}]
}

# Source of the built-in fact.
_source(name) := sprintf("source: %s", [systems.source(name)]) if data.leaver.builtin.System[name].spec.source

_source(name) := "built in" if not data.leaver.builtin.System[name].spec.source
