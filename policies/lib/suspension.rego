package policies.lib.suspension

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.ways

# Mechanisms that may suspend accounts. For these mechanisms, a rule checks whether a sign-in reactivates the accounts.
_checked_mechanisms := mechanisms.pushing | ways.by_hand | ways.unattended

# The mechanism that suspends accounts created at sign-in. `jit/reactivates-leavers` reports a sign-in that is declared to reactivate accounts.
by contains via if {
	apps.created_by_jit
	not mechanisms.contradicted
	some via in [input.spec.lifecycle.deprovision.via]
	via in _checked_mechanisms
	not _ended(via)
	not input.spec.provisioning.jit.reactivates == true
}

# Accounts are deleted, so none can be reactivated.
_ended(_) if input.spec.lifecycle.deprovision.effect == "delete"

# The accounts are not suspended.
_ended(via) if {
	input.spec.lifecycle.deprovision.effect == "seat-only"
	not via in mechanisms.pushing
}
