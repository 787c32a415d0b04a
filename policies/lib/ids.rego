package policies.lib.ids

# The form in which ids of other systems are compared: letter case is irrelevant in a UUID (RFC 9562), and distinguishes all other ids.
compared(id) := lower(id) if _is_uuid(id)

compared(id) := id if not _is_uuid(id)

_is_uuid(id) if {
	is_string(id)
	count(id) == 36
	regex.match(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`, id)
}
