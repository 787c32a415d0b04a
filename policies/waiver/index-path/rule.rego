# METADATA
# title: Waiver that identifies a list entry by position
# description: A position does not identify an entry. If entries are added, removed or reordered, the waiver applies to another entry, which nobody
#   has accepted.
# custom:
#   severity: warning
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: document
#   native: true
#   fix: Write the path with the name of the entry, such as `spec.nonHuman[terraform].neverExpires`.
#   controls:
#     iso-27001: [A.5.36]
package policies.waiver["index-path"]
