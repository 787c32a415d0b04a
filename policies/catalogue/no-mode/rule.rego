# METADATA
# title: App without a provisioning mode
# description: The risks of an app depend on how its accounts are created. Without a mode, no rule about SCIM, JIT or manual work applies to
#   the app.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: App
#   fix: "Set `spec.provisioning.mode` to `scim`, `jit`, `hybrid`, `connector`, `directory`, `hr`, `csv`, `manual`, `vendor`, `shared`, or
#     `none` for an app without accounts. A script or an automation of your own counts as `connector`."
#   controls:
#     nist-800-53: ["AC-2a"]
#     iso-27001: ["A.5.16"]
#     cis-v8: ["5.1"]
package policies.catalogue["no-mode"]

import data.policies.lib.apps
import data.policies.lib.sign_ons

_account_protocols := {"saml", "oidc", "ws-federation", "ldap", "kerberos", "radius"}

# The part of the message that describes the sign-on.
_through := sprintf("people sign in through `%s`, and ", [concat("` and `", sort(sign_ons.systems))]) if count(sign_ons.systems) > 0

_through := sprintf("people sign in with `%s`, and ", [min(_protocols)]) if {
	count(sign_ons.systems) == 0
	count(_protocols) > 0
}

_through := "" if count(sign_ons.systems) + count(_protocols) == 0

_protocols contains how.protocol if {
	some [_, how] in sign_ons.current
	how.protocol in _account_protocols
}

findings contains {"path": ["spec", "provisioning", "mode"], "message": message} if {
	apps.in_use
	apps.mode == ""
	message := sprintf("%s: %s`provisioning.mode` is missing, so it is unclear how accounts are created", [input.metadata.name, _through])
}
