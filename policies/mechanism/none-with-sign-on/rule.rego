# METADATA
# title: Sign-in without accounts
# description: An app with the mode `none` is said to have no accounts, and so every question about leavers is skipped. If people sign in
#   to it, there are accounts, and nobody closes them.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Name in `spec.provisioning.mode` what makes the accounts, `jit` if it is the sign-in itself, and declare the stages. If nobody
#     signs in, remove `spec.signOn` or write `protocol: none`."
#   controls:
#     nist-800-53: ["AC-2f", "AC-2a", "IA-4"]
package policies.mechanism["none-with-sign-on"]

import data.policies.lib.apps
import data.policies.lib.sign_ons

_signs_in(how) := sprintf("by `%s`", [how.protocol]) if {
	how.protocol
	how.protocol != "none"
}

_signs_in(how) := sprintf("by %s", [how.system]) if {
	not how.protocol
	how.system
}

# [path, words] of what people sign in by.
_ways contains [path, words] if {
	some [path, how] in sign_ons.current
	some words in [_signs_in(how)]
}

findings contains {"path": ["spec", "provisioning", "mode"], "message": message, "related": related} if {
	apps.alive
	input.spec.provisioning.mode == "none"
	count(_ways) > 0
	message := sprintf("%s: there are said to be no accounts, but people sign in %s", [input.metadata.name, min(_ways)[1]])
	related := [{"kind": "App", "name": input.metadata.name, "path": path, "message": "the sign-in"} | some [path, _] in _ways]
}
