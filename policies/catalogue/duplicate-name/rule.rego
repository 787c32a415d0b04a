# METADATA
# title: Two declarations of one thing
# description: Two declarations with the same name, or two apps behind one application of the identity provider, contradict each other sooner
#   or later, and nobody can say which of the two was reviewed.
# custom:
#   severity: error
#   precision: high
#   status: stable
#   since: 0.1.0
#   scope: catalogue
#   fix: Keep one of the two, or give the second one a name and an `appId` of its own.
#   controls:
#     nist-800-53: [CM-8a.3]
package policies.catalogue["duplicate-name"]

_by_name[key] contains at if {
	some at, declaration in input.declarations
	key := concat("/", [declaration.kind, declaration.metadata.name])
}

_by_app_id[key] contains at if {
	some at, declaration in input.declarations
	sign_on := declaration.spec.signOn
	key := concat("/", [sign_on.system, sign_on.appId])
}

findings contains {"declaration": at, "path": ["metadata", "name"], "message": message, "related": related} if {
	some places in _by_name
	count(places) > 1
	some at in places
	at != min(places)
	declaration := input.declarations[at]
	related := [{"declaration": min(places), "path": ["metadata", "name"], "message": "declared here first"}]
	message := sprintf("%s: there is another %s of this name", [declaration.metadata.name, declaration.kind])
}

findings contains {"declaration": at, "path": ["spec", "signOn", "appId"], "message": message, "related": related} if {
	some places in _by_app_id
	count(places) > 1
	some at in places
	at != min(places)
	name := input.declarations[at].metadata.name
	first := input.declarations[min(places)].metadata.name
	name != first
	related := [{"declaration": min(places), "path": ["spec", "signOn", "appId"], "message": sprintf("%s signs in by the same application", [first])}]
	message := sprintf("%s: signs in by the same application of the identity provider as %s", [name, first])
}
