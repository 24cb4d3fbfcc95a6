# METADATA
# title: Class matrix
# description: |
#   What each purpose needs of each class. A class that is in no list is unclassified, and withheld, in one's own records too.
#   In the broad and shallow purposes every provider of adults is given in the same words, so that nothing marks one.
# related_resources:
# - ref: UK GDPR Article 5(1)(c), data minimisation
package mash.matrix

import data.mash.classes

# METADATA
# description: The column of the matrix that the purpose reads; one that does not exist where nobody knows the purpose.
# custom:
#   group: matrix_column
#   reads: [purpose]
default matrix_column(_) := "NO_COLUMN"

matrix_column(key) := data.book.purposes[key.purpose].column

# METADATA
# description: |
#   Who the record is about, as the column tells them apart - child of the case, another, or nobody whom a panel looks at. A
#   panel looks at its subjects only.
# custom:
#   group: column_side
#   reads: [purpose, subject]
column_side(key) := "outside" if {
	key.purpose in data.book.matrix.subjects_only
	not key.subject in {"case-child", "case-adult"}
} else := "case-child" if {
	key.subject == "case-child"
} else := "other"

# METADATA
# description: Whether a piece of evidence lifts the same words from the purpose.
# custom:
#   group: lifted
#   any: evidence
#   reads: [purpose, evidence_kind]
default lifted(_) := false

lifted(key) if key.evidence_kind in data.book.adult_services.purposes[key.purpose]

# METADATA
# description: Whether the purpose gives every provider of adults in the same words.
# custom:
#   group: broad
#   reads: [purpose, lifted]
default broad(_) := false

broad(key) if {
	data.book.adult_services.purposes[key.purpose]
	not key.lifted
}

# METADATA
# description: Whether the source stands among the adult services that are given in the same words.
# custom:
#   group: adult_service
#   reads: [broad, source_kind, subject_age]
adult_service(key) := false if {
	not key.broad
} else := false if {
	data.book.adult_services.kinds[key.source_kind] == false
} else := false if {
	key.subject_age == "UNDER_13"
	key.source_kind in data.book.adult_services.also_for_children
} else := true

# METADATA
# description: |
#   What the holder agreed in the ISA to release of its own records without being asked each time, by name. It counts while
#   nothing is wrong with the ISA.
# custom:
#   group: agreed_in_isa
#   reads: [paper_defect, isa, source_organisation]
default agreed_in_isa(_) := "NOTHING"

agreed_in_isa(key) := data.book.isas[key.isa].without_asking[key.source_organisation] if key.paper_defect == "SOUND"

# METADATA
# description: The classes of that agreement for the purpose, by the name of their set.
# custom:
#   group: beforehand
#   reads: [agreed_in_isa, purpose]
default beforehand(_) := "NOTHING"

beforehand(key) := data.book.beforehand[key.agreed_in_isa][key.purpose]

# METADATA
# description: What the rule says - class to finding.
# custom:
#   factor: matrix
#   reads: [own, matrix_column, column_side, same_place, approved, beforehand, adult_service]
of(key) := outside(key.matrix_column) if {
	key.own == true
} else := nothing(key.matrix_column) if {
	key.column_side == "outside"
} else := cells(key.matrix_column, key.column_side == "case-child", key.same_place == true, agreed(key), key.adult_service)

# The classes that are not put to the owner, approved for this case or agreed beforehand.
agreed(key) := {class | some class, _ in data.book.classes} if {
	key.approved
} else := {class | some class, _ in data.book.classes_beforehand[key.beforehand]}

# The row of a column; one that nobody knows has no cell to give.
default row(_) := {}

row(column) := data.book.matrix.columns[column]

# What is outside every column, of own records too - the class in no list, questions to which nothing can come back, and counting.
outside(column) := object.union_n([{classes.unlisted: unclassified}, unasked(column), uncounted(column)])

unclassified := {"rule": "matrix", "effect": 3, "silent": false, "code": "UNCLASSIFIED", "how": {}, "missing": [], "tasks": []}

unasked(column) := {class: withheld(column, "DM0") |
	[cell | some cell in row(column); cell.cell != "-"] == []
	some class in classes.questions
}

# Numbers are what some purposes are answered by; in every other nobody is counted, among one's own people either.
uncounted(column) := {} if {
	column in data.book.matrix.counts
} else := {classes.numbers: withheld(column, "DM0")}

nothing(column) := object.union(outside(column), {class: finding |
	some class, _ in data.book.classes
	usual := withheld(column, class)
	finding := object.union(usual, {"code": object.get(row(column), [class, "outside"], usual.code)})
})

cells(column, child, here, agreed_classes, coarse) := object.union(outside(column), {class: finding |
	some class, _ in data.book.classes
	finding := by_level(level(column, child, here, class), class in agreed_classes, coarse, column, class)
	finding != null
})

level(column, child, here, class) := data.book.matrix.columns[column][class]["case-child"] if {
	child
} else := data.book.matrix.columns[column][class]["same-place"] if {
	here
} else := object.get(row(column), [class, "cell"], "-")

default by_level(_, _, _, _, _) := {"rule": "matrix", "effect": 3, "silent": false, "code": "MINIMISATION", "how": {}, "missing": [], "tasks": []}

by_level("R", _, coarse, _, class) := plain(coarse, class)

by_level("G", _, coarse, _, class) := generalised(object.get(data.book.forms, class, {}), coarse, class)

by_level("O", true, coarse, _, class) := plain(coarse, class)

by_level("O", false, _, _, _) := {"rule": "matrix", "effect": 2, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": ["owner-approval"], "tasks": []}

by_level("-", _, _, column, class) := withheld(column, class)

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

withheld(column, class) := {
	"rule": "matrix", "effect": 3, "silent": false, "code": object.get(row(column), [class, "code"], "MINIMISATION"),
	"how": {}, "missing": [], "tasks": [],
}
