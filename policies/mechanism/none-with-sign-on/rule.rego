# METADATA
# title: Sign-on for an app declared without accounts
# description: Mode `none` declares that the app has no accounts, so rules about leavers do not apply. If people sign in, accounts exist and
#   are not closed.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `spec.provisioning.mode` to the mechanism that creates the accounts (`jit` for the sign-in itself), and declare the stages. If nobody
#     signs in, remove `spec.signOn` or set `protocol: none`."
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

# The path and a description of each sign-on.
_ways contains [path, words] if {
	some [path, how] in sign_ons.current
	some words in [_signs_in(how)]
}

findings contains {"path": ["spec", "provisioning", "mode"], "message": message, "related": related} if {
	apps.alive
	input.spec.provisioning.mode == "none"
	count(_ways) > 0
	message := sprintf("%s: `provisioning.mode` is `none`, but people sign in %s", [input.metadata.name, min(_ways)[1]])
	related := [{"kind": "App", "name": input.metadata.name, "path": path, "message": "the sign-in"} | some [path, _] in _ways]
}
