package policies.lib.ways

import data.policies.lib.mechanisms
import data.policies.lib.sign_ons

# What each way can do, and what each kind of System can offer. What is not in a table is not limited.

# Way → stages that it can do. A sign-in is for `jit/left-to-sign-in`. SCIM can end sessions and keys: some products do so when SCIM disables
# the account.
_stages := {
	"scim": {
		"create", "update", "entitle", "deprovision", "remove", "reactivate", "reclaim", "reconcile", "revokeSessions",
		"revokeCredentials",
	},
	"directory": {"create", "update", "entitle", "deprovision", "remove", "reactivate", "reclaim", "reconcile"},
	"hr": {"create", "update", "entitle", "deprovision", "remove", "reactivate", "reclaim", "reconcile"},
	"csv": {"create", "update", "entitle", "deprovision", "remove", "reactivate", "reclaim", "reconcile", "transfer", "review"},
}

# Ways that take a System of the right kind.
_limited := {"jit", "scim", "connector", "directory", "hr", "csv"}

# Kind of System → ways that it can offer, of those.
_offers := {
	"idp": {"jit", "scim", "connector", "directory", "csv"},
	"hr": {"hr", "csv"},
	"directory": {"directory", "csv"},
	"iga": {"scim", "connector", "directory", "csv"},
	"automation": {"scim", "connector", "csv"},
	"ticketing": {"csv"},
	"secrets": {"connector"},
}

# Kind of System → what it is, in words.
kinds := {
	"idp": "an identity provider",
	"hr": "an HR system",
	"directory": "a directory",
	"iga": "a governance tool",
	"automation": "an automation product",
	"ticketing": "a ticketing system",
	"secrets": "a store for secrets",
}

# A stage that the way cannot do.
impossible(via, stage) if {
	some stages in [_stages[via]]
	count({stage} - stages) == 1
}

# A way that no System of the kind offers.
not_offered(kind, via) if {
	via in _limited
	some available in [_offers[kind]]
	count({via} - available) == 1
	not _by_password(kind, via)
}

# A sign-in with the password of a directory makes accounts as any other sign-in.
_by_password("directory", "jit") if {
	some [_, how] in sign_ons.current
	how.protocol in {"ldap", "kerberos", "radius"}
}

# The ways that a kind offers, in words.
offered(kind) := concat("`, `", sort(_offers[kind]))

# Programs of one's own: they need somebody who runs them, a credential and somebody who hears of failures.
jobs := {"script", "automation"}

# Ways that change accounts without a person, and that are no push of a product.
unattended := jobs | {"csv"}

# Way → names of the stages that programs of one's own do by it: all of an unattended way, and those of another one that an automation
# product does.
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

# Ways that need a person each time.
by_hand := {"ticket", "admin", "runbook", "vendor"}

# Way → names of the stages that go by it, of all that change accounts or access.
doing[via] := {stage | some stage, how in _changing; how.via == via} if some via in {how.via | some how in _changing}

_changing := object.filter(object.get(input, ["spec", "lifecycle"], {}), [
	"create", "update", "entitle", "deprovision", "remove", "reactivate", "revokeSessions", "revokeCredentials", "transfer", "reclaim",
])

# The names of stages as a message lists them.
listed(stages) := sprintf("`%s`", [concat("`, `", sort(stages))])

# The way that ends access: the deprovisioning, or the removal where nothing comes before it.
closing := "deprovision" if mechanisms.done("deprovision")

closing := "remove" if {
	not mechanisms.done("deprovision")
	mechanisms.done("remove")
}

# Where a finding about several stages is shown: at the end of access, if it is one of them.
shown(stages) := "deprovision" if "deprovision" in stages

shown(stages) := min(stages) if not "deprovision" in stages

# The app is the System itself, by its name, by another name or as the same product: what a system does to its own accounts is no feed.
own(system) if system == input.metadata.name

own(system) if system in input.metadata.aliases

own(system) if {
	vendor := data.leaver.catalogue.System[system].spec.vendor
	lower(input.metadata.vendor) == lower(vendor)
}

# Somebody hears of failures in the System, by itself or because it is set up so.
tells(system) if data.leaver.catalogue.System[system].spec.alertsByDefault == true

tells(system) if data.leaver.catalogue.System[system].spec.alert

# The Systems that run some stages, as places of a finding: what each of them does not say.
runners(stages, key, message) := [{"kind": "System", "name": name, "path": ["spec", key], "message": message} |
	some name in sort({system | some stage in stages; some system in [mechanisms.system(stage)]})
	data.leaver.catalogue.System[name]
]
