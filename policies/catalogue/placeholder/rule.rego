# METADATA
# title: Placeholder instead of a value
# description: "`TODO`, `n/a` or a lone `@` takes the place of a value, so the declaration looks complete although the decision is
#   missing."
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: [App, Team, System, Waiver]
#   fix: Replace the placeholder with the value. If it is unknown, the owner of the app must find out; the finding remains until then.
#   controls:
#     nist-800-53: ["AC-2a"]
#     iso-27001: ["A.5.9"]
#     cis-v8: ["2.1"]
package policies.catalogue.placeholder

import data.policies.lib.placeholders

findings contains {"path": place.path, "message": message, "severity": _severity} if {
	some place in placeholders.found
	message := sprintf("%s: %s in `%s` is a placeholder", [input.metadata.name, _value_text(place.text), _key_text(place.path)])
}

_value_text(text) := sprintf("`%s`", [text]) if trim_space(text) != ""

_value_text(text) := "a blank value" if trim_space(text) == ""

_key_text(path) := concat(".", [step | some step in path; is_string(step)])

# Apps that are not in use may still have open questions.
default _severity := "error"

_severity := "info" if input.spec.status in {"planned", "discovered"}
