# METADATA
# title: Class matrix
# description: |
#   What each purpose needs of each class. A class that is in no list is unclassified, and withheld, in one's own records too.
#   In the broad and shallow purposes every provider of adults is given in the same words, so that nothing marks one.
#   Reads: purpose, class, own, subject, same place, source kind, age, evidence, owner's decision.
# related_resources:
# - ref: UK GDPR Article 5(1)(c), data minimisation
package mash.matrix

import data.mash.situation

# The column of the purpose; a purpose without one has no cell to give.
row := data.book.matrix.columns[situation.purpose.column]

# METADATA
# description: What the rule says of one class, or null. `coarse` is adult_service(profile).
of(profile, coarse, class) := null if {
	data.book.classes[class]
	profile.own == true
} else := unclassified if {
	not data.book.classes[class]
	not class in situation.questions
} else := null if {
	class in situation.questions
	something
} else := by_level(profile, coarse, class, level(profile, row[class])) if {
	not outside_panel(profile)
} else := withheld(class)

# A purpose that needs nothing has no question to ask either, and this is so even of one's own records.
something if {
	some class, cell in row
	cell.cell != "-"
}

something if row.DM9["same-place"]

level(profile, cell) := cell["case-child"] if {
	profile.subject == "case-child"
} else := cell["same-place"] if {
	profile.same_place == true
} else := cell.cell

by_level(_, coarse, class, "R") := plain(coarse, class)

by_level(_, coarse, class, "G") := generalised(object.get(data.book.forms, class, {}), coarse, class)

by_level(profile, coarse, class, "O") := plain(coarse, class) if {
	profile.owner_decision == "approved"
} else := owner

by_level(_, _, class, "-") := withheld(class)

plain(coarse, class) := null if {
	coarse == false
} else := generalised({}, coarse, class) if {
	data.book.adult_services.forms[class]
} else := null

generalised(form, coarse, class) := {
	"rule": "matrix", "effect": 1, "silent": false, "code": "MINIMISATION",
	"how": object.union(form, uniform(coarse, class)), "missing": [], "tasks": [],
}

uniform(coarse, class) := form if {
	coarse == true
	form := data.book.adult_services.forms[class]
} else := {}

# Panels look at their subjects; of anybody else's record the column gives nothing.
outside_panel(profile) if {
	input.context.purpose in data.book.matrix.subjects_only
	not profile.subject in {"case-child", "case-adult"}
}

# METADATA
# description: Whether the source stands among the adult services that are given in the same words; once for a profile.
default adult_service(_) := true

adult_service(_) := false if not broad

adult_service(profile) := false if data.book.adult_services.kinds[profile.source_kind] == false

adult_service(profile) := false if {
	profile.subject_age == "UNDER_13"
	profile.source_kind in data.book.adult_services.also_for_children
}

broad if {
	unless := data.book.adult_services.purposes[input.context.purpose]
	count([kind | some kind in input.context.evidence; kind in unless]) == 0
}

owner := {"rule": "matrix", "effect": 2, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": ["owner-approval"], "tasks": []}

unclassified := {"rule": "matrix", "effect": 3, "silent": false, "code": "UNCLASSIFIED", "how": {}, "missing": [], "tasks": []}

default withheld(_) := {"rule": "matrix", "effect": 3, "silent": false, "code": "MINIMISATION", "how": {}, "missing": [], "tasks": []}

withheld(class) := {
	"rule": "matrix", "effect": 3, "silent": false, "code": row[class].code,
	"how": {}, "missing": [], "tasks": [],
}
