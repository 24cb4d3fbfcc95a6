# METADATA
# title: Identity
# description: |
#   Nothing is released about somebody who may be the wrong person. Of a possible match the name and the year of birth are
#   shown, so that a worker can go on to confirm it.
package mash.identity

import data.mash.classes

# METADATA
# description: What the rule says - class to finding.
# custom:
#   factor: identity
#   reads: [identity]
of(key) := {} if {
	key.identity in {"MATCH", "CONFIRMED"}
} else := stub if {
	key.identity == "NOT_CONFIRMED"
} else := refused

refused := {class: finding |
	finding := {"rule": "identity", "effect": 3, "silent": false, "code": "IDENTITY_NOT_CONFIRMED", "how": {}, "missing": ["identity"], "tasks": []}
	some class in classes.all
}

stub := object.union(refused, {"DM1": {
	"rule": "identity", "effect": 1, "silent": false, "code": "IDENTITY_NOT_CONFIRMED",
	"how": {"identity": "stub"}, "missing": ["identity"], "tasks": [],
}})
