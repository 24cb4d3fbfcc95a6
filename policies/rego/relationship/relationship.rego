# METADATA
# title: Relationship
# description: |
#   The asker must stand in the working relationship that the purpose reads: a case for case purposes, a caseload for care, or the
#   patient's own permission of the last four hours in its place, an incident in an emergency. It comes after identity: nobody is
#   related to an unknown, so for a possible match it is not read (identity lets no more than a stub through). Whoever may break
#   glass is told so where care stops for want of it.
package mash.relationship

import data.mash.classes

# METADATA
# description: The kind of relationship that the purpose reads; NONE_STANDS where nobody knows the purpose.
# custom:
#   group: relationship_read
#   reads: [purpose]
default relationship_read(_) := "NONE_STANDS"

relationship_read(key) := data.book.purposes[key.purpose].relationship

# METADATA
# description: Whether the role may break glass.
# custom:
#   group: may_break_glass
#   reads: [role]
default may_break_glass(_) := false

may_break_glass(key) if data.book.role_purposes[key.role].BTG

# METADATA
# description: What the rule says - class to finding.
# custom:
#   factor: relationship
#   reads: [relationship_read, identity, relationship, may_break_glass]
of(key) := {} if {
	key.relationship_read == "NOT_READ"
} else := {} if {
	key.identity == "NOT_CONFIRMED"
} else := {} if {
	key.relationship in reached_by[key.relationship_read]
} else := refused[key.may_break_glass] if {
	key.relationship_read == "CARE"
} else := refused[false]

reached_by := {
	"CASE": {"own-case", "team-case"},
	"CARE": {"caseload", "permission"},
	"INCIDENT": {"incident"},
}

refused := {glass: {class: finding |
	finding := {"rule": "relationship", "effect": 3, "silent": false, "code": "NO_RELATIONSHIP", "how": {}, "missing": would_do, "tasks": []}
	some class in classes.all
} |
	some glass, would_do in {false: ["relationship"], true: ["break-glass", "relationship"]}
}
