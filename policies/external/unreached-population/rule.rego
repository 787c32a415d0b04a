# METADATA
# title: Population that deprovisioning does not reach
# description: "A push closes only accounts of people who are in its identity provider. Guests, partners and contractors are often in another
#   directory, or were invited in the app, so single sign-on and SCIM miss them and their accounts stay open. At tier 1 and 2, the finding is an
#   error."
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set `spec.external.system` to the System that records these people, and let it feed the mechanism that closes accounts (name it in `fedBy`
#     of the System of this mechanism). Or declare in `spec.external.closedBy` who closes their accounts (for a second sign-on, in its `closedBy`).
#     For employees, extend `populations` of the mechanism, or declare a population with its own lifecycle.
#   controls:
#     nist-800-53: ["AC-2(3)(a)", "AC-2f", "PS-4a"]
#     pci-dss: ["8.2.7", "8.2.5"]
#     cis-v8: ["6.2"]
package policies.external["unreached-population"]

import data.policies.lib.apps
import data.policies.lib.feeds
import data.policies.lib.mechanisms
import data.policies.lib.sign_ons
import data.policies.lib.ways

_stage := ways.closing

_via := input.spec.lifecycle[_stage].via

# The System that closes accounts, if one is named.
_closing_systems contains system if some system in [mechanisms.system(_stage)]

_external_populations := [population | some population in input.spec.populations; population in {"contractors", "guests", "partners"}]

# The declared populations of the mechanism.
_mechanism_populations := {population | some population in input.spec.provisioning[_via].populations}

_limited if count(_mechanism_populations) > 0

_closed_otherwise(block) if {
	block.owner
	block.via
	block.via != "none"
}

# Systems that feed the mechanism with leavers.
_feeding_systems contains input.spec.sourceOfTruth if input.spec.sourceOfTruth

_feeding_systems contains system if some system in _closing_systems

_feeding_systems contains source if {
	some system in _closing_systems
	some source in feeds.sources(system)
}

_feeding_systems contains input.spec.lifecycle.deprovision.signal.from if input.spec.lifecycle.deprovision.signal.from

_pushed if _via in mechanisms.pushing

_outside_closed if _closed_otherwise(input.spec.external.closedBy)

_closing_text := sprintf("`%s` of %s", [_via, system]) if some system in _closing_systems

_closing_text := sprintf("`%s`", [_via]) if count(_closing_systems) == 0

default _severity := "warning"

_severity := "error" if apps.tier <= 2

# `external.system` is missing.
findings contains {"path": ["spec", "external", "system"], "message": message, "severity": _severity} if {
	apps.alive
	_pushed
	count(_external_populations) > 0
	not _limited
	not input.spec.external.system
	not _outside_closed
	message := sprintf("%s: only %s closes accounts, and `external.system` does not declare how it learns that %s have left", [
		input.metadata.name, _closing_text, concat(" and ", _external_populations),
	])
}

# The System of the external people does not feed the mechanism.
findings contains {"path": ["spec", "external", "system"], "message": message, "severity": _severity} if {
	apps.alive
	_via in apps.automatic
	some system in [input.spec.external.system]
	count({system} - _feeding_systems) == 1
	not _outside_closed
	message := sprintf("%s: external people are in %s, which does not feed %s, so their accounts are not closed", [
		input.metadata.name, system, _closing_text,
	])
}

# The mechanism is limited to other populations.
findings contains {"path": ["spec", "provisioning", _via, "populations"], "message": message, "severity": _severity} if {
	apps.alive
	_limited
	left := {population | some population in input.spec.populations} - _mechanism_populations
	count(left) > 0
	not _all_closed(left)
	message := sprintf("%s: `%s` does not close accounts of %s, and no other stage does", [input.metadata.name, _via, concat(" and ", sort(left))])
}

# `external.closedBy` covers everyone except employees.
_all_closed(left) if {
	not "employees" in left
	_outside_closed
}

# People sign in through another identity provider.
findings contains {"path": array.concat(path, ["system"]), "message": message, "severity": _severity} if {
	apps.alive
	_via in apps.automatic
	some [path, how] in sign_ons.besides(_closing_systems)
	count({how.system} - _closing_systems) == 1
	not _closed_otherwise(object.get(how, "closedBy", {}))
	message := sprintf("%s: people also sign in through %s, but %s does not close their accounts", [input.metadata.name, how.system, _closing_text])
}
