# METADATA
# title: Sensitivity
# description: |
#   Each label takes away by itself what labels.yaml says for the purpose's column; no label reads another. A label that nobody
#   knows takes everything away without a word. Of one's own records only labels of location are read.
#   Reads: labels, column, class, own, age, family child, item share, source kind, decision maker, owner's decision.
package mash.sensitivity

import data.mash.situation

# METADATA
# description: What the labels say of a profile - a list, for each label class to finding.
of(profile) := [found |
	some label in profile.labels
	table := object.get(data.book.labels, label, null)
	read(profile, table)
	found := says(profile, table)
]

read(profile, _) if not profile.own == true

read(_, table) if table == null

read(_, table) if table.location

says(profile, table) := unknown if {
	table == null
} else := {class: row |
	holding := holds(profile)
	some class, rows in table.columns[situation.column]
	class in situation.fields
	row := [one | some one in rows; holding[one.when]][0]
	not opened(profile, row)
}

unknown := {class: finding |
	finding := {"rule": "sensitivity", "effect": 3, "silent": true, "code": "SENSITIVE_CATEGORY", "how": {}, "missing": [], "tasks": []}
	some class in situation.fields
}

# The owner's approval opens what was put to the owner, the generalising, and silence about an adult.
opened(profile, row) if {
	profile.owner_decision == "approved"
	row.effect in {1, 2}
}

opened(profile, row) if {
	profile.owner_decision == "approved"
	row.silent
	profile.subject_age == "ADULT"
}

# The exceptions that a row may name, as far as they hold for a profile.
holds(profile) := {name: true |
	some name, held in {
		"always": true,
		"break-glass": input.context.purpose == "BTG",
		"status-check": input.context.purpose == "CP-ALERT",
		"enquiry-or-panel": input.context.purpose in {"C-S47", "MARAC", "A-S42"},
		"decision-maker-of-an-enquiry": decision_maker_of_an_enquiry,
		"not-a-sexual-health-source": not_sexual_health(profile),
		"item-share-agreed": item_share_agreed(profile),
		"family-child-in-my-care": in_my_care(profile),
		"family-child-in-screening": in_screening(profile),
		"family-child-under-13": under_13(profile),
		"family-child-13-17": from_13(profile),
	}
	held
}

default decision_maker_of_an_enquiry := false

decision_maker_of_an_enquiry if {
	situation.decision_maker
	input.context.purpose == "C-S47"
}

default not_sexual_health(_) := false

not_sexual_health(profile) if {
	profile.source_kind != "sexual-health"
	is_boolean(data.book.adult_services.kinds[profile.source_kind])
}

default item_share_agreed(_) := false

item_share_agreed(profile) if profile.item_share == "AGREED"

default in_my_care(_) := false

in_my_care(profile) if {
	family_child(profile)
	data.book.role_groups[input.context.role] in {"HEALTH", "CARE-EMERGENCY"}
}

default in_screening(_) := false

in_screening(profile) if {
	input.context.purpose == "C-SCREEN"
	family_child(profile)
	told(profile)
}

default under_13(_) := false

under_13(profile) if {
	family_child(profile)
	profile.subject_age == "UNDER_13"
	told(profile)
}

default from_13(_) := false

# An age that nobody knows counts as 13 to 17.
from_13(profile) if {
	family_child(profile)
	not profile.subject_age == "UNDER_13"
	situation.decision_maker
}

family_child(profile) if {
	profile.family_child == true
	not profile.subject_age == "ADULT"
}

# Never silent about a child of the case's family towards the decision maker; under 13 the child's worker is told as well.
told(_) if situation.decision_maker

told(profile) if {
	input.context.role == "SW-CHILD"
	profile.subject_age == "UNDER_13"
}
