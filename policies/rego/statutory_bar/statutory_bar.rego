# METADATA
# title: Statutory bar
# description: |
#   What the law bars is silent, in one's own records too: adoption, gender recognition, fertility treatment, legal privilege,
#   protected persons. The only exceptions are those for adoption, by name.
#   Reads: labels marked `bar`, adoption, own, role, purpose, class.
# related_resources:
# - ref: Gender Recognition Act 2004 section 22; Human Fertilisation and Embryology Act 1990 section 33A
package mash.statutory_bar

import data.mash.situation

# METADATA
# description: What the rule says of a profile - class to finding.
of(profile) := barred if {
	some label in profile.labels
	data.book.labels[label].bar
	not keeps_the_link(profile, label)
} else := {} if {
	profile.adoption in {"none", "after", "NOT_YET"}
	is_array(profile.labels)
} else := birth_family if {
	profile.adoption == "before"
	profile.own == true
	is_array(profile.labels)
	input.context.role in {"SW-CHILD", "SW-TEAM-MGR", "SW-EDT"}
	input.context.purpose in {"C-S17", "C-S47"}
} else := barred

# The adoption agency's own workers keep the link between the two identities.
keeps_the_link(profile, label) if {
	label == "L:ADOPT"
	profile.own == true
	input.context.role == "ADOPTION-WORKER"
}

# The birth family's earlier child: that there was one, born in which year; never where or under what number.
birth_family := {
	"DM1": birth_year,
	"DM1i": bar,
	"DM2": bar,
}

barred := {class: bar | some class in situation.asked_for}

bar := {"rule": "statutory_bar", "effect": 3, "silent": true, "code": "STATUTORY_BAR", "how": {}, "missing": [], "tasks": []}

birth_year := {
	"rule": "statutory_bar", "effect": 1, "silent": false, "code": "STATUTORY_BAR",
	"how": {"identity": "birth-year"}, "missing": [], "tasks": [],
}
