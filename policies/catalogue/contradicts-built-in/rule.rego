# METADATA
# title: System that contradicts a built-in fact
# description: "What a well-known system does to accounts elsewhere is built in, from the vendor's own documentation. A declaration that states
#   otherwise switches off every rule that asks: with `deletes: true`, deletions that Okta never sends are taken for done."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: Remove the key. If the built-in fact is wrong, report that with a source, so that leaver's `data/systems.yaml` can be corrected.
#   controls:
#     nist-800-53: [CM-8a.3]
package policies.catalogue["contradicts-built-in"]

import data.policies.lib.systems

findings contains {"path": fact.path, "message": message, "related": related} if {
	some fact in systems.contradicted
	message := sprintf("%s: `%s` is %s, but the built-in System `%s` says %s (%s)", [
		input.metadata.name, concat(".", fact.path), json.marshal(fact.mine), fact.system, json.marshal(fact.known), _source(fact.system),
	])
	related := [{"kind": "built-in System", "name": fact.system, "path": fact.path, "message": "the built-in fact"}]
}

# Where the built-in fact comes from.
_source(name) := sprintf("source: %s", [data.leaver.builtin.System[name].spec.source]) if data.leaver.builtin.System[name].spec.source

_source(name) := "built in" if not data.leaver.builtin.System[name].spec.source
