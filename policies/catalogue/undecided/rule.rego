# METADATA
# title: Undecided key
# description: A rule that needs a value is silent without it, so a declaration that leaves out what is inconvenient would pass more easily than
#   one that says it. Each decision that switches a rule on is asked for here.
# custom:
#   severity: info
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: Declare the value. `[]` states that somebody checked and the list is empty; `false` and `0` are answers too. If nobody knows the answer, the
#     owner of the app has to find out.
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
	message := sprintf("%s: nothing says %s (`%s`)", [input.metadata.name, question.what, _key(question.path)])
}

_key(path) := path[count(path) - 1]
