# METADATA
# title: Statutory bar
# description: |
#   What the law bars is silent, in one's own records too: adoption, gender recognition, fertility treatment, legal privilege,
#   protected persons. The only exceptions are those for adoption, by name. In safeguarding the holder of what is privileged, or of
#   fertility treatment, learns that it bears on a case; of adoption, gender recognition and protected persons nobody learns.
# related_resources:
# - ref: Gender Recognition Act 2004 section 22; Human Fertilisation and Embryology Act 1990 section 33A
package mash.statutory_bar

import data.mash.classes

# METADATA
# description: Whether the asker is the adoption agency's own worker, who keeps the link between the two identities.
# custom:
#   group: keeps_adoption_link
#   reads: [role, own]
default keeps_adoption_link(_) := false

keeps_adoption_link(key) if {
	key.own == true
	key.role == "ADOPTION-WORKER"
}

# METADATA
# description: Whether the asker works with the birth family, on its own records.
# custom:
#   group: birth_family_worker
#   reads: [role, purpose, own]
default birth_family_worker(_) := false

birth_family_worker(key) if {
	key.own == true
	key.role in {"SW-CHILD", "SW-TEAM-MGR", "SW-EDT"}
	key.purpose in {"C-S17", "C-S47"}
}

# METADATA
# description: What the rule says of the time before and after an adoption - class to finding.
# custom:
#   factor: adoption
#   reads: [adoption, labels_listed, birth_family_worker]
of(key) := {} if {
	key.adoption in {"none", "after", "NOT_YET"}
	key.labels_listed == true
} else := earlier_child if {
	key.adoption == "before"
	key.labels_listed == true
	key.birth_family_worker
} else := barred

# METADATA
# description: What the rule says of one label - class to finding.
# custom:
#   factor: statutory_bar
#   each: labels
#   reads: [label, column, keeps_adoption_link]
of_label(key) := {} if {
	not data.book.labels[key.label].bar
} else := {} if {
	key.label == "L:ADOPT"
	key.keeps_adoption_link
} else := {class: told |
	some class in classes.all
	told := object.union(bar, {"tasks": ["owner-barred"]})
} if {
	# Of these the holder is told that an enquiry could not see them; adoption, gender recognition and protected
	# persons are nobody's to hear of.
	key.label in {"L:HFEA", "L:PRIVILEGE"}
	key.column == "A"
} else := barred

# The birth family's earlier child: that there was one, born in which year; never where or under what number.
earlier_child := {
	"DM1": birth_year,
	"DM1i": bar,
	"DM2": bar,
}

barred := {class: bar | some class in classes.all}

bar := {"rule": "statutory_bar", "effect": 3, "silent": true, "code": "STATUTORY_BAR", "how": {}, "missing": [], "tasks": []}

birth_year := {
	"rule": "statutory_bar", "effect": 1, "silent": false, "code": "STATUTORY_BAR",
	"how": {"identity": "birth-year"}, "missing": [], "tasks": [],
}
