# METADATA
# title: Sensitivity
# description: |
#   Each label takes away by itself what labels.yaml says for the purpose's column; no label reads another. A label that nobody
#   knows takes everything away without a word. Of one's own records only labels of location are read.
#   Reads: labels, column, class, own, age, family child, item share, source kind, decision maker, owner's decision.
package mash.sensitivity

import data.mash.situation

# METADATA
# description: |
#   The tables that bite on a profile; worked out once for it. An unknown label is null.
tables(profile) := [table |
	some label in profile.labels
	table := object.get(data.book.labels, label, null)
	read(profile, table)
]

read(profile, _) if not profile.own == true

read(_, table) if table == null

read(_, table) if table.location

# METADATA
# description: What the labels say of one class - a list of findings, empty where none bites. `bitten` is tables(profile).
of(profile, bitten, class) := [found |
	some table in bitten
	found := table_says(profile, table, class)
	found != null
]

table_says(profile, table, class) := unknown if {
	table == null
} else := found if {
	rows := [row |
		some row in table.columns[situation.column][class]
		holds(row.when, profile)
	]
	found := unless_approved(profile, rows[0])
} else := null

unknown := {"rule": "sensitivity", "effect": 3, "silent": true, "code": "SENSITIVE_CATEGORY", "how": {}, "missing": [], "tasks": []}

# The owner's approval opens what was put to the owner, the generalising, and silence about an adult.
unless_approved(profile, row) := null if {
	profile.owner_decision == "approved"
	opened(profile, row)
} else := null if {
	row.effect == 0
	count(row.tasks) == 0
} else := object.union(row, {"rule": "sensitivity", "missing": needs[row.effect]})

opened(_, row) if row.effect in {1, 2}

opened(profile, row) if {
	row.silent
	profile.subject_age == "ADULT"
}

needs := [[], [], ["owner-approval"], []]

# The exceptions that a row may name.
holds("always", _)

holds("break-glass", _) if input.context.purpose == "BTG"

holds("status-check", _) if input.context.purpose == "CP-ALERT"

holds("enquiry-or-panel", _) if input.context.purpose in {"C-S47", "MARAC", "A-S42"}

holds("decision-maker-of-an-enquiry", _) if {
	situation.decision_maker
	input.context.purpose == "C-S47"
}

holds("not-a-sexual-health-source", profile) if {
	profile.source_kind != "sexual-health"
	is_boolean(data.book.adult_services.kinds[profile.source_kind])
}

holds("item-share-agreed", profile) if profile.item_share == "AGREED"

holds("family-child-in-my-care", profile) if {
	family_child(profile)
	data.book.role_groups[input.context.role] in {"HEALTH", "CARE-EMERGENCY"}
}

holds("family-child-in-screening", profile) if {
	input.context.purpose == "C-SCREEN"
	family_child(profile)
	told(profile)
}

holds("family-child-under-13", profile) if {
	family_child(profile)
	profile.subject_age == "UNDER_13"
	told(profile)
}

# An age that nobody knows counts as 13 to 17.
holds("family-child-13-17", profile) if {
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
