package policies.lib.credentials

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.ways

# Place → credential, of all in `spec.nonHuman` that were not revoked, in an app that is not retired.
live[at] := item if {
	apps.alive
	some at, item in input.spec.nonHuman
	not _revoked(item)
}

# The same for the access that products of other vendors have.
grants[at] := item if {
	apps.alive
	some at, item in input.spec.thirdPartyGrants
	not _revoked(item)
}

_revoked(item) if item.revokedOn <= data.leaver.today

# The end date is over.
expired(item) if item.expires < data.leaver.today

# Kinds that have no secret of their own to run out or to be replaced.
secretless(item) if item.kind == "workload-identity"

# A permission that gives everything, or everything of one kind.
broad(scope) if lower(scope) in {
	"*", "*.*", "*:*", "admin", "administrator", "all", "full", "full access", "full_access", "full-access", "fullaccess",
	"owner", "root", "super admin", "superadmin", "superuser",
}

broad(scope) if {
	some wildcard in [":*", ".*"]
	endswith(scope, wildcard)
}

# By its kind a token of a person, unless the entry states to whom it is bound.
personal(item) if item.boundTo == "person"

personal(item) if {
	item.kind == "personal-token"
	not item.boundTo
}

# Names of credentials that a mechanism or a stage works with.
of_mechanisms contains block.credential if {
	some block in object.filter(input.spec.provisioning, mechanisms.pushing | ways.unattended)
	block.credential
}

of_mechanisms contains how.credential if {
	some how in input.spec.lifecycle
	how.credential
}
