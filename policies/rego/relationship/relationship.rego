# METADATA
# title: Relationship
# description: |
#   The asker must stand in the working relationship that the purpose reads: a case for case purposes, a caseload for care, an
#   incident in an emergency. It comes after identity: nobody is related to an unknown, so for a possible match it is not read
#   (identity lets no more than a stub through).
#   Reads: purpose, relationship, identity.
package mash.relationship

import data.mash.situation

# METADATA
# description: What the rule says of a profile - class to finding.
of(profile) := {} if {
	situation.purpose.relationship == "NOT_READ"
} else := {} if {
	profile.identity == "NOT_CONFIRMED"
} else := {} if {
	profile.relationship in reached_by[situation.purpose.relationship]
} else := refused

reached_by := {
	"CASE": {"own-case", "team-case"},
	"CARE": {"caseload"},
	"INCIDENT": {"incident"},
}

refused := {class: finding |
	finding := {"rule": "relationship", "effect": 3, "silent": false, "code": "NO_RELATIONSHIP", "how": {}, "missing": ["relationship"], "tasks": []}
	some class in situation.asked_for
}
