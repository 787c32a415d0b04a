package policies.lib.durations_test

import data.policies.lib.durations

test_minutes_become_hours if {
	durations.minutes(0) == "0 min"
	durations.minutes(59) == "59 min"
	durations.minutes(60) == "1 h"
	durations.minutes(1480) == "24 h 40 min"
}

test_one_day_is_singular if {
	durations.days(0) == "0 days"
	durations.days(1) == "1 day"
	durations.days(7) == "7 days"
}
