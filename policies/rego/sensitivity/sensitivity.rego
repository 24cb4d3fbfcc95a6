# METADATA
# title: Sensitivity
# description: |
#   Each label takes away by itself what labels.yaml says for the purpose's column; no label reads another. A label that nobody
#   knows takes everything away without a word. Of one's own records only labels of location are read.
package mash.sensitivity

import data.mash.classes

# METADATA
# description: Exceptions that the purpose makes, by name.
# custom:
#   group: purpose_exceptions
#   reads: [purpose, decision_maker]
purpose_exceptions(key) := sort([name |
	some name, true_here in {
		"break-glass": key.purpose == "BTG",
		"status-check": key.purpose == "CP-ALERT",
		"enquiry-or-panel": key.purpose in {"C-S47", "MARAC", "A-S42"},
		"decision-maker-of-an-enquiry": [key.purpose, key.decision_maker] == ["C-S47", true],
	}
	true_here
])

# METADATA
# description: Exceptions that the kind of source makes, by name.
# custom:
#   group: source_exceptions
#   reads: [source_kind]
default source_exceptions(_) := []

source_exceptions(key) := ["not-a-sexual-health-source"] if {
	key.source_kind != "sexual-health"
	is_boolean(data.book.adult_services.kinds[key.source_kind])
}

# METADATA
# description: Exceptions that the share state of the item makes, by name.
# custom:
#   group: item_exceptions
#   reads: [item_share]
default item_exceptions(_) := []

item_exceptions(key) := ["item-share-agreed"] if key.item_share == "AGREED"

# METADATA
# description: Whether the record is about a child of the case's family.
# custom:
#   group: family_minor
#   reads: [family_child, subject_age]
default family_minor(_) := false

family_minor(key) if {
	key.family_child == true
	key.subject_age != "ADULT"
}

# METADATA
# description: |
#   Who asks about a child of the family - the decision maker, the child's worker, a care role or another. Never silent towards the
#   decision maker; under 13 the child's worker is told as well.
# custom:
#   group: asks_about_child
#   reads: [role, decision_maker]
asks_about_child(key) := "decision-maker" if {
	key.decision_maker
} else := "childs-worker" if {
	key.role == "SW-CHILD"
} else := "care" if {
	data.book.role_groups[key.role] in {"HEALTH", "CARE-EMERGENCY"}
} else := "another"

# METADATA
# description: Whether the purpose is screening.
# custom:
#   group: screening
#   reads: [purpose]
default screening(_) := false

screening(key) if key.purpose == "C-SCREEN"

# METADATA
# description: Exceptions for a child of the family, by name. An age that nobody knows counts as 13 to 17.
# custom:
#   group: child_exceptions
#   reads: [family_minor, subject_age, asks_about_child, screening]
child_exceptions(key) := sort([name |
	key.family_minor
	some name, true_here in {
		"family-child-in-my-care": key.asks_about_child == "care",
		"family-child-in-screening": [key.screening, told(key)] == [true, true],
		"family-child-under-13": [key.subject_age, told(key)] == ["UNDER_13", true],
		"family-child-13-17": from_13(key),
	}
	true_here
])

default told(_) := false

told(key) if key.asks_about_child == "decision-maker"

told(key) if {
	key.asks_about_child == "childs-worker"
	key.subject_age == "UNDER_13"
}

default from_13(_) := false

from_13(key) if {
	key.subject_age != "UNDER_13"
	key.asks_about_child == "decision-maker"
}

# METADATA
# description: Which exceptions hold of those that the label's own rows name, sorted.
# custom:
#   group: held
#   each: labels
#   reads: [label, purpose_exceptions, source_exceptions, item_exceptions, child_exceptions]
held(key) := sort({name |
	some list in [key.purpose_exceptions, key.source_exceptions, key.item_exceptions, key.child_exceptions]
	some name in list
	name in named[key.label]
})

named := {label: {row.when |
	some column in table.columns
	some rows in column
	some row in rows
} |
	some label, table in data.book.labels
}

# METADATA
# description: The row that the label's table has for each class - the first whose exception holds; nothing for a label of nobody's.
# custom:
#   group: label_says
#   each: labels
#   reads: [label, column, held]
label_says(key) := {class: row |
	some class, rows in data.book.labels[key.label].columns[key.column]
	row := [one | some one in rows; holds(key, one.when)][0]
}

holds(_, "always")

holds(key, name) if name in key.held

# METADATA
# description: Whether the label is read. Of one's own records only labels of location are, and labels of nobody's.
# custom:
#   group: label_read
#   each: labels
#   reads: [label, own]
label_read(key) := "unknown" if {
	not data.book.labels[key.label]
} else := "no" if {
	key.own == true
	not data.book.labels[key.label].location
} else := "yes"

# METADATA
# description: Whether the record is about an adult.
# custom:
#   group: about_an_adult
#   reads: [subject_age]
default about_an_adult(_) := false

about_an_adult(key) if key.subject_age == "ADULT"

# METADATA
# description: What the rule says of one label - class to finding.
# custom:
#   factor: sensitivity
#   each: labels
#   reads: [label_read, label_says, approved, about_an_adult]
of(key) := unknown if {
	key.label_read == "unknown"
} else := {} if {
	key.label_read == "no"
} else := {class: row |
	some class, row in key.label_says
	not opened(key, row)
}

# Nobody but its publisher can say what such a label was to mean.
unknown := {class: finding |
	finding := {
		"rule": "sensitivity", "effect": 3, "silent": true, "code": "SENSITIVE_CATEGORY",
		"how": {}, "missing": [], "tasks": ["publisher-mend-code"],
	}
	some class in classes.fields
}

# The owner's approval opens what was put to the owner, the generalising, and silence about an adult.
opened(key, row) if {
	key.approved
	row.effect in {1, 2}
}

opened(key, row) if {
	key.approved
	row.silent
	key.about_an_adult
}
