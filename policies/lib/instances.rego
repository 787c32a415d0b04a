package policies.lib.instances

import data.policies.lib.apps

# Place → instance, of an app that is not retired.
live[at] := instance if {
	apps.alive
	some at, instance in input.spec.instances
}

# Those that are copied from another instance, as the source or the effect of a refresh says.
refreshed[at] := instance if {
	some at, instance in live
	count(object.filter(instance, ["refreshedFrom", "refresh"])) > 0
}

names := {instance.name | some instance in input.spec.instances}

# A team closes accounts, in a way that can. A sign-in cannot.
closed(how) if {
	how.owner
	how.via
	not how.via in {"none", "jit"}
}

# What is missing where nobody closes accounts.
missing(how) := "owner" if not how.owner

missing(how) := "via" if {
	how.owner
	not closed(how)
}

# After a refresh, accounts are as they were in another instance.
copied(instance) if instance.refresh.accounts == "copied"

copied(instance) if not instance.refresh.accounts
