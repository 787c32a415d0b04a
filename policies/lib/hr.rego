package policies.lib.hr

# The app is the HR system itself. Its administrators record joiners and leavers, so they need no request.
is_hr_system if input.spec.sourceOfTruth == input.metadata.name

is_hr_system if data.leaver.catalogue.System[input.metadata.name].spec.kind == "hr"

is_hr_system if {
	some system in [data.leaver.catalogue.System[input.spec.sourceOfTruth].spec]
	system.kind == "hr"
	lower(system.vendor) == lower(input.metadata.vendor)
}
