package policies.lib.durations

# Text for minutes: 40 min, 3 h, 24 h 40 min.
minutes(number) := sprintf("%d min", [number]) if number < 60

minutes(number) := sprintf("%d h", [floor(number / 60)]) if {
	number >= 60
	number % 60 == 0
}

minutes(number) := sprintf("%d h %d min", [floor(number / 60), number % 60]) if {
	number >= 60
	number % 60 != 0
}
