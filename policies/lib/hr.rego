package policies.lib.hr

# The app is the HR system itself: its administrators record joiners and leavers, so they need no request.
itself if input.spec.sourceOfTruth == input.metadata.name

itself if data.leaver.catalogue.System[input.metadata.name].spec.kind == "hr"

itself if {
	some system in [data.leaver.catalogue.System[input.spec.sourceOfTruth].spec]
	system.kind == "hr"
	lower(system.vendor) == lower(input.metadata.vendor)
}
