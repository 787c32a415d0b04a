package policies.lib.ids

# Normal form of an id of another system. Case is ignored in a UUID (RFC 9562), but not in other ids.
compared(id) := lower(id) if _is_uuid(id)

compared(id) := id if not _is_uuid(id)

_is_uuid(id) if {
	is_string(id)
	count(id) == 36
	regex.match(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`, id)
}
