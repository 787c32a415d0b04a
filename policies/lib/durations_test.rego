package policies.lib.durations_test

import data.policies.lib.durations

test_minutes_become_hours if {
	durations.minutes(0) == "0 min"
	durations.minutes(59) == "59 min"
	durations.minutes(60) == "1 h"
	durations.minutes(1480) == "24 h 40 min"
}
