# METADATA
# title: Name reused by a different app
# description: leaver matches known findings and waivers by the name of the app. An app with another vendor, tier, sign-in system or application id is
#   a different app, so known findings and waivers no longer apply.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Give the app its own name. If it is the same app, accept its findings again, with a new waiver or `--update-baseline
#     --add-to-baseline`.
#   controls:
#     iso-27001: [A.5.9, A.5.36]
package policies.catalogue["reused-name"]
