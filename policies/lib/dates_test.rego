package policies.lib.dates_test

import data.policies.lib.dates

test_days_are_counted_across_months_and_leap_years if {
	dates.days_between("2026-11-25", "2026-12-01") == 6
	dates.days_between("2028-02-28", "2028-03-01") == 2
	dates.days_between("2026-11-25", "2026-11-24") == -1
}

test_days_from_today if {
	dates.days_left("2026-12-25") == 30 with data.leaver.today as "2026-11-25"
	dates.days_since("2026-11-01") == 24 with data.leaver.today as "2026-11-25"
}

test_tomorrow_is_not_in_the_future if {
	params := {"review/future-date": {"maxDays": 1}}
	dates.future("2026-11-27") with data.leaver.today as "2026-11-25" with data.leaver.params as params
	not dates.future("2026-11-26") with data.leaver.today as "2026-11-25" with data.leaver.params as params
}
