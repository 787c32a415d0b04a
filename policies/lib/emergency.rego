package policies.lib.emergency

import data.policies.lib.sign_ons

# Emergency accounts that are still valid.
accounts := [account |
	some account in input.spec.breakGlass
	not _has_expired(account)
]

_has_expired(account) if account.expires < data.leaver.today

# [index, role] of each privileged role that only one person may have.
sole_roles := [[at, role] |
	some at, role in input.spec.roles
	role.privileged == true
	role.max == 1
]

# Privileged roles that several people may have.
wider_roles := [role |
	some role in input.spec.roles
	role.privileged == true
	not _has_one_holder(role)
]

_has_one_holder(role) if role.max <= 1

# Every sign-in through an identity provider is enforced.
sign_on_enforced if count([how | some [_, how] in sign_ons.federated; not how.enforced == true]) == 0
