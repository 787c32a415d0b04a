package policies.lib.ids_test

import data.policies.lib.ids

test_letter_case_is_irrelevant_only_in_a_uuid if {
	uuid := "11aa22bb-0000-4000-8000-00000000000f"
	every id in [uuid, upper(uuid), "11AA22bb-0000-4000-8000-00000000000F"] {
		ids.compared(id) == uuid
	}
	every id in ["0oaAbC", "Slack.com/Team", concat("", [upper(uuid), "0"]), replace(upper(uuid), "F", "G"), "123456789012345678901234567890ABCDEF", ""] {
		ids.compared(id) == id
	}
}
