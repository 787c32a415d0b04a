package policies.lib.counted_test

import data.policies.lib.counted

test_one_day_is_singular if {
	counted.days(0) == "0 days"
	counted.days(1) == "1 day"
	counted.days(90) == "90 days"
}
