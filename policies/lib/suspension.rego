package policies.lib.suspension

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.ways

# Ways that suspend accounts, of which a rule asks whether a sign-in brings them back.
_asked := mechanisms.pushing | ways.by_hand | ways.unattended

# The way by which accounts are suspended that a sign-in creates. `jit/reactivates-leavers` tells that a sign-in brings them back.
by contains via if {
	apps.created_by_jit
	not mechanisms.contradicted
	some via in [input.spec.lifecycle.deprovision.via]
	via in _asked
	not _ended(via)
	not input.spec.provisioning.jit.reactivates == true
}

# Nothing is left that could come back.
_ended(_) if input.spec.lifecycle.deprovision.effect == "delete"

# Nothing was suspended.
_ended(via) if {
	input.spec.lifecycle.deprovision.effect == "seat-only"
	not via in mechanisms.pushing
}
