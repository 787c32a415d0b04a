# METADATA
# title: Name of another app
# description: Known findings and waivers go by the name of an app. An app with another vendor, tier, sign-in system or id of its sign-in is
#   another app, for which nobody accepted anything, so nothing is taken over.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Give the app a name of its own. If it is the same app, have its findings accepted again, with a new waiver or
#     `--update-baseline --add-to-baseline`.
#   controls:
#     iso-27001: [A.5.9, A.5.36]
package policies.catalogue["reused-name"]
