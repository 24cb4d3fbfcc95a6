# METADATA
# title: Identity
# description: |
#   Nothing is released about somebody who may be the wrong person. Of a possible match the name and the year of birth are
#   shown, so that a worker can go on to confirm it.
#   Reads: identity, class.
package mash.identity

# METADATA
# description: What the rule says of one class, or null.
of(profile, class) := null if {
	profile.identity in {"MATCH", "CONFIRMED"}
} else := stub if {
	profile.identity == "NOT_CONFIRMED"
	class == "DM1"
} else := refused

refused := {"rule": "identity", "effect": 3, "silent": false, "code": "IDENTITY_NOT_CONFIRMED", "how": {}, "missing": ["identity"], "tasks": []}

stub := {
	"rule": "identity", "effect": 1, "silent": false, "code": "IDENTITY_NOT_CONFIRMED",
	"how": {"identity": "stub"}, "missing": ["identity"], "tasks": [],
}
