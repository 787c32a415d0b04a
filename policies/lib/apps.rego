package policies.lib.apps

# Accounts are created at sign-in, by JIT alone or beside another mode, and the app is not retired.
created_by_jit if {
	not input.spec.status == "retired"
	_creates_at_sign_in
}

_creates_at_sign_in if {
	mode in {"jit", "hybrid"}
	not input.spec.provisioning.jit.creates == false
}

# A `jit` block without `creates` creates accounts, which is the default of products.
_creates_at_sign_in if {
	is_object(input.spec.provisioning.jit)
	not input.spec.provisioning.jit.creates == false
}

_creates_at_sign_in if input.spec.lifecycle.create.via == "jit"

# The stage has an owner.
owned(stage) if input.spec.lifecycle[stage].owner != ""

# Mechanisms that work without people.
automatic := {"scim", "connector", "directory", "hr", "csv", "script", "automation"}

# The provisioning mode: the declared one, or else derived from the blocks of the mechanisms; "" if neither is declared.
mode := mode_of(object.get(input, ["spec", "provisioning"], {}))

# The provisioning mode of any app, from its `provisioning`.
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

# A custom program calls the app, as a connector does.
_programs(provisioning) := [name | some name in ["script", "automation"]; provisioning[name]]

_unused := {"planned", "discovered", "retired"}

# The app is in use, so all decisions are required.
in_use if {
	status := object.get(input.spec, "status", "live")
	not status in _unused
}

# The app has personal accounts.
has_accounts if {
	in_use
	not _accountless
}

_accountless if mode in {"none", "shared"}

# Accounts exist or will exist: every app that is not retired.
alive if not input.spec.status == "retired"

# A missing tier counts as the most critical one.
default tier := 1

tier := input.spec.tier
