package policies.lib.keys

_blocks := ["jit", "scim", "connector", "directory", "hr", "csv", "script", "automation"]

# The match key of each mechanism, as {attribute, from, fallback, path}. A declaration writes it as a text or as a mapping.
declared[via] := {"attribute": block.matchKey, "path": ["spec", "provisioning", via, "matchKey"]} if {
	some via, block in object.filter(input.spec.provisioning, _blocks)
	is_string(block.matchKey)
}

declared[via] := object.union(block.matchKey, {"path": ["spec", "provisioning", via, "matchKey", "attribute"]}) if {
	some via, block in object.filter(input.spec.provisioning, _blocks)
	is_object(block.matchKey)
}
