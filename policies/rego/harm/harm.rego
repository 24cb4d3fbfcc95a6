# METADATA
# title: Harm
# description: |
#   Across a harm link nothing that places a protected person is released, whoever holds it: only that they are known, who they
#   are, and coded facts by year. It is shown as restricted and names no source.
# related_resources:
# - ref: Information Commissioner, reprimands for disclosing safe addresses to alleged abusers, 2023
package mash.harm

import data.mash.classes

# METADATA
# description: What the rule says - class to finding.
# custom:
#   factor: harm
#   reads: [harm_link]
of(key) := {} if {
	key.harm_link == false
} else := across

across := {class: finding |
	some class in (classes.fields - {"DM0", "DM1"})
	finding := what_of(class)
}

what_of(class) := by_year if {
	class in {"DM3", "DM3s"}
} else := withheld

withheld := {"rule": "harm", "effect": 3, "silent": false, "code": "HARM_LOCATION", "how": {}, "missing": [], "tasks": []}

by_year := {
	"rule": "harm", "effect": 1, "silent": false, "code": "HARM_LOCATION",
	"how": {"date": "year"}, "missing": [], "tasks": [],
}
