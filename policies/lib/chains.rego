package policies.lib.chains

import data.policies.lib.feeds
import data.policies.lib.mechanisms
import data.policies.lib.ways

# How a change gets from the source of truth into this app, in two parts: what comes before the System that acts, and the last step.

_source := object.get(input, ["spec", "sourceOfTruth"], "")

_programs := mechanisms.pushing | ways.jobs

# Minutes of the last step: between two runs, and for the end of access also what it waits on purpose.
last(via, stage) := sum([minutes | some minutes in [_interval(via, stage)]]) + sum([minutes | some minutes in [_delay(via, stage)]])

# What the app says goes before what its System says.
_interval(via, _) := minutes if {
	via in _programs
	minutes := input.spec.provisioning[via].syncMinutes
}

_interval(via, stage) := minutes if {
	via in _programs
	not _said(via)
	minutes := data.leaver.catalogue.System[mechanisms.system(stage)].spec.syncMinutes
}

_interval("csv", _) := input.spec.provisioning.csv.everyDays * 1440

_said(via) if input.spec.provisioning[via].syncMinutes >= 0

_delay(via, "deprovision") := input.spec.provisioning[via].delayDays * 1440 if via in _programs

# [minutes, path, in words]: how the change gets to what acts.
before(stage) := [minutes, path, feeds.said(path)] if {
	not _signalled(stage)
	[minutes, path] := feeds.slowest(mechanisms.system(stage), _source)
}

before("deprovision") := [minutes, [], said] if {
	signal := input.spec.lifecycle.deprovision.signal
	signal.everyHours > 0
	minutes := signal.everyHours * 60
	said := sprintf("%s → (%s) %s", [object.get(signal, "from", "source"), feeds.time_of(minutes), object.get(signal, "via", "signal")])
}

# Nothing is known of what comes before: the last step alone has to be quick enough.
before(stage) := [0, [], name] if {
	not _signalled(stage)
	name := mechanisms.system(stage)
	not _fed(name)
}

_signalled("deprovision") if input.spec.lifecycle.deprovision.signal.everyHours > 0

_fed(name) if count(feeds.paths(name)) > 0
