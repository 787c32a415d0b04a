# METADATA
# title: Accounts matched by a changing attribute
# description: Mail addresses and user names change with a marriage, a merger or a new domain. The push or the sign-in then creates a second
#   account, and the old one keeps its rights without an owner.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Match by a stable attribute, such as an employee number or the object id of the person in the directory, and set `matchKey` to it.
#   controls:
#     nist-800-53: [IA-4c, IA-4d]
#     pci-dss: ["8.2.1"]
#   params:
#     changing:
#       type: array
#       default: [email, emailAddress, mail, userName, userPrincipalName, upn, login, displayName, name, sAMAccountName]
#       description: Attributes that change while a person stays; case is ignored
#       source: a judgement
package policies.hybrid["changing-match-key"]

import data.policies.lib.apps
import data.policies.lib.keys
import data.policies.lib.mechanisms
import data.policies.lib.sign_ons

_changing := {lower(name) | some name in data.leaver.params["hybrid/changing-match-key"].changing}

# The blocks of mechanisms that match accounts, and of a sign-in that creates accounts. If the attribute changes, such a sign-in creates a
# second account, and the first stays open.
_blocks contains via if some via in mechanisms.matching

_blocks contains "jit" if apps.created_by_jit

# Without a push, a sign-in by a changing attribute is common, and the identity provider knows who has the address.
_severity("jit") := "info" if not _risky

_severity("jit") := "warning" if _risky

# A push beside the sign-in may act on the wrong one of a person's two accounts.
_risky if count(mechanisms.matching) > 0

# Anyone with an address in the domain can sign in, even after the domain was sold.
_risky if {
	count(object.get(input.spec.provisioning.jit, "domains", [])) > 0
	count(object.get(input.spec.provisioning.jit, "groups", [])) == 0
}

# Each identity provider can send an address that belongs to a person of another identity provider.
_risky if count({how.system | some [_, how] in sign_ons.current}) > 1

_severity(block) := "warning" if block != "jit"

# `hybrid/match-fallback` reports the key with a higher severity.
_reported_elsewhere if input.spec.provisioning.identifiersReused == true

findings contains {"path": key.path, "message": message, "severity": _severity(block)} if {
	apps.alive
	not _reported_elsewhere
	some block in _blocks
	some key in [keys.declared[block]]
	lower(key.attribute) in _changing
	message := sprintf("%s: `%s` matches accounts by `%s`, which can change while the person stays", [
		input.metadata.name, block, key.attribute,
	])
}

# A stable attribute is filled from a changing one.
findings contains {"path": ["spec", "provisioning", block, "matchKey", "from"], "message": message, "severity": _severity(block)} if {
	apps.alive
	some block in _blocks
	some key in [keys.declared[block]]
	not lower(key.attribute) in _changing
	_last_part(key.from) in _changing
	message := sprintf("%s: `%s` fills `%s` from `%s`, which can change while the person stays", [
		input.metadata.name, block, key.attribute, key.from,
	])
}

# The attribute at the end of a source: `email` for `user.email`.
_last_part(source) := parts[count(parts) - 1] if parts := split(lower(source), ".")
