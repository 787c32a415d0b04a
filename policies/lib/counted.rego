package policies.lib.counted

# Text for a number of days: 1 day, 2 days.
days(number) := "1 day" if number == 1

days(number) := sprintf("%d days", [number]) if number != 1
