# Ten rules on one app declaration, for `opa exec`. ten.guard and ten.schema.json state the same rules.
package ten

findings contains "no-owner" if {
	alive
	not input.metadata.owner
}

findings contains "no-closing-owner" if {
	alive
	has_accounts
	not input.spec.lifecycle.deprovision.owner
	not input.spec.lifecycle.remove.owner
}

findings contains "closed-too-late" if {
	alive
	input.spec.lifecycle.deprovision.slaHours > 168
}

findings contains "jit-no-update-owner" if {
	alive
	input.spec.provisioning.mode in {"jit", "hybrid"}
	not input.spec.lifecycle.update.owner
}

findings contains "no-entitlement-owner" if {
	alive
	count(input.spec.roles) > 1
	not input.spec.lifecycle.entitle.owner
}

findings contains "no-review" if {
	alive
	has_accounts
	not reviewed
}

findings contains "review-too-rare" if {
	alive
	input.spec.lifecycle.review.everyDays > 730
}

findings contains "credential-no-owner" if {
	alive
	some item in input.spec.nonHuman
	not item.owner
}

findings contains "credential-never-expires" if {
	alive
	some item in input.spec.nonHuman
	not item.expires
	not item.rotateEveryDays
}

findings contains "breakglass-unready" if {
	alive
	some item in input.spec.breakGlass
	some key in ["owner", "vault", "alert", "testedOn"]
	not item[key]
}

alive if {
	input.kind == "App"
	status := object.get(input.spec, "status", "live")
	not status in {"planned", "discovered", "retired"}
}

has_accounts if input.spec.provisioning.mode != "none"

reviewed if {
	input.spec.lifecycle.review.owner
	input.spec.lifecycle.review.everyDays
}
