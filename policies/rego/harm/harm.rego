# METADATA
# title: Harm
# description: |
#   Across a harm link nothing that places a protected person is released, whoever holds it: only that they are known, who they
#   are, and coded facts by year. It is shown as restricted and names no source.
#   Reads: harm link, class.
# related_resources:
# - ref: Information Commissioner, reprimands for disclosing safe addresses to alleged abusers, 2023
package mash.harm

# METADATA
# description: What the rule says of one class, or null.
of(profile, class) := null if {
	profile.harm_link == false
} else := null if {
	class in {"DM0", "DM1", "ASK", "QUERY"}
} else := by_year if {
	class in {"DM3", "DM3s"}
} else := withheld

withheld := {"rule": "harm", "effect": 3, "silent": false, "code": "HARM_LOCATION", "how": {}, "missing": [], "tasks": []}

by_year := {
	"rule": "harm", "effect": 1, "silent": false, "code": "HARM_LOCATION",
	"how": {"date": "year"}, "missing": [], "tasks": [],
}
