# METADATA
# title: Leavers of a group are skipped
# description: A person who leaves the group is out of scope for the provisioning job. If out-of-scope accounts are skipped, or
#   the soft delete is not mapped, offboarding is switched off without anybody noticing.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set out-of-scope handling to deprovision (Entra: clear *skip out of scope deletions*, map `isSoftDeleted`), and declare
#     `outOfScope: deprovision`."
#   controls:
#     nist-800-53: [PS-4a, "AC-2(3)"]
package policies.scim["out-of-scope-skipped"]

findings contains {"path": ["spec", "provisioning", block, "outOfScope"], "message": message} if {
	some block in ["scim", "connector", "directory"]
	input.spec.provisioning[block].outOfScope == "skip"
	message := sprintf("%s: whoever falls out of scope keeps the account", [input.metadata.name])
}

findings contains {"path": ["spec", "provisioning", "scim", "softDeleteMapped"], "message": message} if {
	input.spec.provisioning.scim.softDeleteMapped == false
	message := sprintf("%s: the soft delete is not mapped, so a deleted person stays active", [input.metadata.name])
}
