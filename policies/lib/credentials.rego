package policies.lib.credentials

import data.policies.lib.apps
import data.policies.lib.mechanisms
import data.policies.lib.ways

# The credentials in `spec.nonHuman` that are not revoked, by index. A retired app has none.
live[at] := item if {
	apps.alive
	some at, item in input.spec.nonHuman
	not _revoked(item)
}

# The grants in `spec.thirdPartyGrants` that are not revoked, by index. A retired app has none.
grants[at] := item if {
	apps.alive
	some at, item in input.spec.thirdPartyGrants
	not _revoked(item)
}

_revoked(item) if item.revokedOn <= data.leaver.today

# The end date has passed.
expired(item) if item.expires < data.leaver.today

# The credential has no secret that expires or needs rotation.
secretless(item) if item.kind == "workload-identity"

# The permission grants everything, or everything of one kind.
broad(scope) if lower(scope) in {
	"*", "*.*", "*:*", "admin", "administrator", "all", "full", "full access", "full_access", "full-access", "fullaccess",
	"owner", "root", "super admin", "superadmin", "superuser",
}

broad(scope) if {
	some wildcard in [":*", ".*"]
	endswith(scope, wildcard)
}

# The credential belongs to a person. A personal token belongs to a person, unless `boundTo` declares another owner.
personal(item) if item.boundTo == "person"

personal(item) if {
	item.kind == "personal-token"
	not item.boundTo
}

# Names of credentials that a mechanism or a stage uses.
of_mechanisms contains block.credential if {
	some block in object.filter(input.spec.provisioning, mechanisms.pushing | ways.unattended)
	block.credential
}

of_mechanisms contains how.credential if {
	some how in input.spec.lifecycle
	how.credential
}
