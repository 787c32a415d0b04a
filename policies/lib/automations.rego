package policies.lib.automations

# The System is an automation product, and in use.
running if {
	input.spec.kind == "automation"
	not input.spec.status == "retired"
}

# What it signs in to applications with, unless each App declares that.
credential := input.spec.runsAs if {
	running
	is_object(input.spec.runsAs)
	not input.spec.runsAs.kind == "per-app"
}

# A credential that somebody can copy, and that runs out or should.
secret := credential if not credential.kind == "workload-identity"
