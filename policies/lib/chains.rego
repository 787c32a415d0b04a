package policies.lib.chains

import data.policies.lib.feeds
import data.policies.lib.mechanisms
import data.policies.lib.ways

# A change travels from the source of truth to this app in two parts: the way to the System that acts, and the last step.

_source := object.get(input, ["spec", "sourceOfTruth"], "")

_programs := mechanisms.pushing | ways.programs

# Minutes of the last step: its interval, and for deprovisioning also its delay.
last_step(via, stage) := sum([minutes | some minutes in [_interval(via, stage)]]) + sum([minutes | some minutes in [_delay(via, stage)]])

# The app's value overrides that of its System.
_interval(via, _) := minutes if {
	via in _programs
	minutes := input.spec.provisioning[via].syncMinutes
}

_interval(via, stage) := minutes if {
	via in _programs
	not _declares_interval(via)
	minutes := data.leaver.catalogue.System[mechanisms.system(stage)].spec.syncMinutes
}

_interval("csv", _) := input.spec.provisioning.csv.everyDays * 1440

_declares_interval(via) if input.spec.provisioning[via].syncMinutes >= 0

_delay(via, "deprovision") := input.spec.provisioning[via].delayDays * 1440 if via in _programs

# [minutes, path] of the way to the System that acts.
way_to_system(stage) := [minutes, path] if {
	not _signalled(stage)
	some name in [mechanisms.system(stage)]
	[minutes, path] := feeds.slowest(name, _source)
}

way_to_system("deprovision") := [input.spec.lifecycle.deprovision.signal.everyHours * 60, []] if _signalled("deprovision")

# If the way to the System is unknown, only the last step counts.
way_to_system(stage) := [0, []] if {
	not _signalled(stage)
	some name in [mechanisms.system(stage)]
	not _fed(name)
}

path_text(stage, path) := feeds.path_text(path) if {
	not _signalled(stage)
	count(path) > 0
}

path_text("deprovision", _) := words if {
	_signalled("deprovision")
	signal := input.spec.lifecycle.deprovision.signal
	time := feeds.time_of(signal.everyHours * 60)
	words := sprintf("%s → (%s) %s", [object.get(signal, "from", "source"), time, object.get(signal, "via", "signal")])
}

path_text(stage, path) := mechanisms.system(stage) if {
	not _signalled(stage)
	count(path) == 0
}

_signalled("deprovision") if input.spec.lifecycle.deprovision.signal.everyHours > 0

_fed(name) if count(feeds.paths(name)) > 0
