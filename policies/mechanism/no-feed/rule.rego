# METADATA
# title: System without a declared feed
# description: An identity provider, a directory or a job runner closes the accounts of those of whom it hears. What it hears of, and how
#   often, decides how late an account is closed, however quick the push behind it is.
# custom:
#   severity: info
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: System
#   fix: "Name in `fedBy` the Systems from which it learns of joiners, movers and leavers, and how often; `fedBy: []` if it is itself
#     where people are entered."
#   controls:
#     nist-800-53: ["IA-4", "PS-4a"]
#     cis-v8: ["5.6"]
#     nist-csf: ["PR.AA-01"]
package policies.mechanism["no-feed"]

_in_use if not input.spec.status == "retired"

_says if is_array(input.spec.fedBy)

findings contains {"path": ["spec", "fedBy"], "message": message} if {
	_in_use
	input.spec.kind in {"idp", "directory", "iga", "automation"}
	not _says
	message := sprintf("%s: nothing says what feeds it, so nobody knows how late it hears of leavers", [input.metadata.name])
}
