package policies.lib.apps

# Accounts appear at sign-in, by JIT alone or beside another mode, and the app is not switched off.
created_by_jit if {
	not input.spec.status == "retired"
	_creates_at_sign_in
}

_creates_at_sign_in if {
	input.spec.provisioning.mode in {"jit", "hybrid"}
	not input.spec.provisioning.jit.creates == false
}

_creates_at_sign_in if input.spec.lifecycle.create.via == "jit"

_creates_at_sign_in if input.spec.provisioning.jit.creates == true

# A team answers for the stage.
owned(stage) if input.spec.lifecycle[stage].owner != ""

# Ways that act on their own, without a person who remembers.
automatic := {"scim", "connector", "directory", "hr", "csv", "script"}

# Accounts exist or will exist: everything but a retired app.
alive if not input.spec.status == "retired"

# How critical the app is; an app that does not say counts as 3.
default tier := 3

tier := input.spec.tier
