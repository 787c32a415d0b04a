# METADATA
# title: Removal by a system that never deletes
# description: "Some identity providers send no DELETE at all: Okta sets `active` to false instead, and deleting the person there
#   changes nothing in the app. A removal that is left to them never happens."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Let a job, a ticket or the vendor remove the accounts, and name it in `spec.lifecycle.remove.via`.
#   controls:
#     nist-800-53: [AC-2f, PS-4]
package policies.scim["delete-never-sent"]

findings contains {"path": ["spec", "lifecycle", "remove", "via"], "message": message, "related": related} if {
	input.spec.lifecycle.remove.via in {"scim", "connector"}
	system := _system
	data.leaver.catalogue.System[system].spec.deletes == false
	related := [{"kind": "System", "name": system, "path": ["spec", "deletes"], "message": "it never deletes accounts"}]
	message := sprintf("%s: removal is left to %s, which never deletes accounts", [input.metadata.name, system])
}

_system := input.spec.lifecycle.remove.system

_system := input.spec.signOn.system if not input.spec.lifecycle.remove.system
