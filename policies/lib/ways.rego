package policies.lib.ways

import data.policies.lib.mechanisms
import data.policies.lib.sign_ons

# In the following tables, a mechanism or kind without an entry is not limited.

# The stages that each mechanism can perform. `jit/left-to-sign-in` checks sign-ins. SCIM can revoke sessions and keys, because some products revoke
# them when SCIM disables the account.
_stages := {
	"scim": {
		"create", "update", "entitle", "deprovision", "remove", "reactivate", "reclaim", "reconcile", "revokeSessions",
		"revokeCredentials",
	},
	"directory": {"create", "update", "entitle", "deprovision", "remove", "reactivate", "reclaim", "reconcile"},
	"hr": {"create", "update", "entitle", "deprovision", "remove", "reactivate", "reclaim", "reconcile"},
	"csv": {"create", "update", "entitle", "deprovision", "remove", "reactivate", "reclaim", "reconcile", "transfer", "review"},
}

# Mechanisms that need a System of the right kind.
_limited := {"jit", "scim", "connector", "directory", "hr", "csv"}

# The mechanisms of `_limited` that each kind of System can offer.
_offers := {
	"idp": {"jit", "scim", "connector", "directory", "csv"},
	"hr": {"hr", "csv"},
	"directory": {"directory", "csv"},
	"iga": {"scim", "connector", "directory", "csv"},
	"automation": {"scim", "connector", "csv"},
	"ticketing": {"csv"},
	"secrets": {"connector"},
}

# A description of each kind of System.
kinds := {
	"idp": "an identity provider",
	"hr": "an HR system",
	"directory": "a directory",
	"iga": "a governance tool",
	"automation": "an automation product",
	"ticketing": "a ticketing system",
	"secrets": "a secret store",
}

# The mechanism cannot perform the stage.
impossible(via, stage) if {
	some stages in [_stages[via]]
	count({stage} - stages) == 1
}

# No System of the kind offers the mechanism.
not_offered(kind, via) if {
	via in _limited
	some available in [_offers[kind]]
	count({via} - available) == 1
	not _by_password(kind, via)
}

# A sign-in with a directory password creates accounts like any other sign-in.
_by_password("directory", "jit") if {
	some [_, how] in sign_ons.current
	how.protocol in {"ldap", "kerberos", "radius"}
}

# List of the mechanisms that a kind offers.
offered(kind) := concat("`, `", sort(_offers[kind]))

# Custom programs, which need a runner, a credential and an alert.
programs := {"script", "automation"}

# Mechanisms that change accounts without people, except pushes of a product.
unattended := programs | {"csv"}

# The names of the stages that custom programs perform, by mechanism. An unattended mechanism performs all its stages by a program. For a push, only
# the stages that an automation product performs count.
by_program[via] := stages if {
	some via, stages in doing
	via in unattended
}

by_program[via] := automated if {
	some via, stages in doing
	via in mechanisms.pushing
	automated := {stage |
		some stage in stages
		data.leaver.catalogue.System[mechanisms.system(stage)].spec.kind == "automation"
	}
	count(automated) > 0
}

# Mechanisms that need a person each time.
by_hand := {"ticket", "admin", "runbook", "vendor"}

# The names of the stages that change accounts or access, by mechanism.
doing[via] := {stage | some stage, how in _changing; how.via == via} if some via in {how.via | some how in _changing}

_changing := object.filter(object.get(input, ["spec", "lifecycle"], {}), [
	"create", "update", "entitle", "deprovision", "remove", "reactivate", "revokeSessions", "revokeCredentials", "transfer", "reclaim",
])

# List of stage names for a message.
listed(stages) := sprintf("`%s`", [concat("`, `", sort(stages))])

# The stage that ends access: `deprovision`, or `remove` if nothing performs `deprovision`.
closing := "deprovision" if mechanisms.done("deprovision")

closing := "remove" if {
	not mechanisms.done("deprovision")
	mechanisms.done("remove")
}

# The stage at which a finding about several stages is reported: `deprovision` if it is one of them, or else the first by name.
reporting_stage(stages) := "deprovision" if "deprovision" in stages

reporting_stage(stages) := min(stages) if not "deprovision" in stages

# The app is the System itself: it has the name or an alias of the app, or is the same product. A system that changes its own accounts is not a
# feed.
is_app(system) if system == input.metadata.name

is_app(system) if system in input.metadata.aliases

is_app(system) if {
	vendor := data.leaver.catalogue.System[system].spec.vendor
	lower(input.metadata.vendor) == lower(vendor)
}

# People perform the stage in a System through which users sign in, not in the product.
at_idp(how) if {
	how.via in by_hand
	how.system in sign_ons.systems
	not is_app(how.system)
}

# The System has an alert, by default or by configuration.
has_alert(system) if data.leaver.catalogue.System[system].spec.alertsByDefault == true

has_alert(system) if data.leaver.catalogue.System[system].spec.alert

# The Systems that perform some stages, as related places with a message.
# `place` is bound in the body, because OPA 1.4 finds no type for an argument that is used only in the head of a comprehension.
runners(stages, key, message) := [place |
	some name in sort({system | some stage in stages; some system in [mechanisms.system(stage)]})
	data.leaver.catalogue.System[name]
	place := {"kind": "System", "name": name, "path": ["spec", key], "message": message}
]
