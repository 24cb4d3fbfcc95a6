# METADATA
# title: Identity
# description: |
#   Nothing is released about somebody who may be the wrong person. Of a possible match the name and the year of birth are
#   shown, so that a worker can go on to confirm it.
#   Reads: identity, class.
package mash.identity

import data.mash.situation

# METADATA
# description: What the rule says of a profile - class to finding.
of(profile) := {} if {
	profile.identity in {"MATCH", "CONFIRMED"}
} else := stub if {
	profile.identity == "NOT_CONFIRMED"
} else := refused

refused := {class: finding |
	finding := {"rule": "identity", "effect": 3, "silent": false, "code": "IDENTITY_NOT_CONFIRMED", "how": {}, "missing": ["identity"], "tasks": []}
	some class in situation.asked_for
}

stub := object.union(refused, {"DM1": {
	"rule": "identity", "effect": 1, "silent": false, "code": "IDENTITY_NOT_CONFIRMED",
	"how": {"identity": "stub"}, "missing": ["identity"], "tasks": [],
}})
