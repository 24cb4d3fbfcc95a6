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

# METADATA
# description: |
#   What the rule says of a profile - class to finding. The usual cases are worked out once for a question.
of(profile) := outside if {
	profile.own == true
} else := nothing if {
	panel
	not profile.subject in {"case-child", "case-adult"}
} else := cells(profile.subject == "case-child", profile.same_place == true, true, adult_service(profile)) if {
	profile.owner_decision == "approved"
} else := cells(profile.subject == "case-child", true, false, adult_service(profile)) if {
	profile.same_place == true
} else := cells(profile.subject == "case-child", false, false, true) if {
	adult_service(profile)
} else := of_child if {
	profile.subject == "case-child"
} else := of_others

# METADATA
# description: Whether the purpose is a panel's, which looks at its subjects only.
default panel := false

panel if input.context.purpose in data.book.matrix.subjects_only

# METADATA
# description: Of a partner, about a child who is a subject of the case.
of_child := cells(true, false, false, false)

# METADATA
# description: Of a partner, about anybody else.
of_others := cells(false, false, false, false)

# The column of the purpose; a purpose without one has no cell to give.
default row := {}

row := data.book.matrix.columns[situation.purpose.column]

# METADATA
# description: |
#   What is outside every column, of own records too - classes in no list, and questions to which nothing can come back.
outside := object.union(
	{class: finding |
		finding := {"rule": "matrix", "effect": 3, "silent": false, "code": "UNCLASSIFIED", "how": {}, "missing": [], "tasks": []}
		some class in situation.fields
		not data.book.classes[class]
	},
	{class: withheld("DM0") |
		[cell | some cell in row; cell.cell != "-"] == []
		some class in (situation.asked_for & situation.questions)
	},
)

nothing := object.union(outside, {class: withheld(class) |
	some class in situation.fields
	data.book.classes[class]
})

cells(child, here, approved, coarse) := object.union(outside, {class: finding |
	some class in situation.fields
	data.book.classes[class]
	finding := by_level(level(child, here, class), approved, coarse, class)
	finding != null
})

level(child, here, class) := row[class]["case-child"] if {
	child
} else := row[class]["same-place"] if {
	here
} else := object.get(row, [class, "cell"], "-")

default by_level(_, _, _, _) := {"rule": "matrix", "effect": 3, "silent": false, "code": "MINIMISATION", "how": {}, "missing": [], "tasks": []}

by_level("R", _, coarse, class) := plain(coarse, class)

by_level("G", _, coarse, class) := generalised(object.get(data.book.forms, class, {}), coarse, class)

by_level("O", true, coarse, class) := plain(coarse, class)

by_level("O", false, _, _) := {"rule": "matrix", "effect": 2, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": ["owner-approval"], "tasks": []}

by_level("-", _, _, class) := withheld(class)

plain(coarse, class) := generalised({}, true, class) if {
	coarse
	data.book.adult_services.forms[class]
} else := null

generalised(form, coarse, class) := {
	"rule": "matrix", "effect": 1, "silent": false, "code": "MINIMISATION",
	"how": object.union(form, uniform(coarse, class)), "missing": [], "tasks": [],
}

uniform(coarse, class) := data.book.adult_services.forms[class] if {
	coarse
} else := {}

# METADATA
# description: Whether the source stands among the adult services that are given in the same words.
adult_service(profile) := false if {
	not broad
} else := false if {
	data.book.adult_services.kinds[profile.source_kind] == false
} else := false if {
	profile.subject_age == "UNDER_13"
	profile.source_kind in data.book.adult_services.also_for_children
} else := true

broad if {
	unless := data.book.adult_services.purposes[input.context.purpose]
	[kind | some kind in input.context.evidence; kind in unless] == []
}

withheld(class) := {
	"rule": "matrix", "effect": 3, "silent": false, "code": object.get(row, [class, "code"], "MINIMISATION"),
	"how": {}, "missing": [], "tasks": [],
}
