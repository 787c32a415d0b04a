# METADATA
# title: Undeclared value that rules need
# description: A rule does not apply if a value that it needs is missing. A declaration could therefore avoid findings by omitting keys. This rule
#   reports each missing key that would activate another rule.
# custom:
#   severity: info
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Set the key. `[]` states that the list was checked and is empty; `false` and `0` are values too. If the value is unknown, the owner
#     of the app must find out.
#   controls:
#     nist-800-53: ["AC-2a"]
#     iso-27001: ["A.5.9"]
#     cis-v8: ["2.1"]
package policies.catalogue.undecided

import data.policies.lib.question_severity
import data.policies.lib.questions

findings contains {"path": question.path, "message": message, "severity": severity} if {
	some question in questions.open
	severity := question_severity.of(question.path)
	message := sprintf("%s: `%s` is not set, so it is unclear %s", [input.metadata.name, _key(question.path), question.what])
}

_key(path) := path[count(path) - 1]
