package policies.lib.apps

# Accounts appear at sign-in, by JIT alone or beside another mode, and the app is not switched off.
created_by_jit if {
	not input.spec.status == "retired"
	_creates_at_sign_in
}

_creates_at_sign_in if {
	mode in {"jit", "hybrid"}
	not input.spec.provisioning.jit.creates == false
}

# A block without a word on creation is JIT as products have it.
_creates_at_sign_in if {
	is_object(input.spec.provisioning.jit)
	not input.spec.provisioning.jit.creates == false
}

_creates_at_sign_in if input.spec.lifecycle.create.via == "jit"

# A team answers for the stage.
owned(stage) if input.spec.lifecycle[stage].owner != ""

# Ways that act on their own, without a person who remembers.
automatic := {"scim", "connector", "directory", "hr", "csv", "script", "automation"}

# How accounts come into the app: the label, or what the blocks of the mechanisms say without one; "" where nothing says it.
mode := mode_of(object.get(input, ["spec", "provisioning"], {}))

# The same of the `provisioning` of any app.
mode_of(provisioning) := provisioning.mode if {
	provisioning.mode
} else := "hybrid" if {
	provisioning.jit
	provisioning.scim
} else := _blocks(provisioning)[0] if {
	count(_blocks(provisioning)) > 0
} else := "connector" if {
	count(_programs(provisioning)) > 0
} else := ""

_blocks(provisioning) := [name |
	some name in ["scim", "connector", "directory", "hr", "csv", "jit", "shared"]
	provisioning[name]
]

# A program of one's own calls the application, as a connector does.
_programs(provisioning) := [name | some name in ["script", "automation"]; provisioning[name]]

_unused := {"planned", "discovered", "retired"}

# The app is in use: decisions about it are due.
in_use if {
	status := object.get(input.spec, "status", "live")
	not status in _unused
}

# People have accounts of their own in it.
has_accounts if {
	in_use
	not _accountless
}

_accountless if mode in {"none", "shared"}

# Accounts exist or will exist: everything but a retired app.
alive if not input.spec.status == "retired"

# How critical the app is; an app that does not say counts as the most critical.
default tier := 1

tier := input.spec.tier
