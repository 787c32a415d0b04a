package policies.lib.automations

# The System is an automation product, and in use.
running if {
	input.spec.kind == "automation"
	not input.spec.status == "retired"
}

# The credential of the System, unless each App declares its own.
credential := input.spec.runsAs if {
	running
	is_object(input.spec.runsAs)
	not input.spec.runsAs.kind == "per-app"
}

# A credential that can be copied, so it should expire or be rotated.
secret := credential if not credential.kind == "workload-identity"
