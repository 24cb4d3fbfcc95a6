# METADATA
# title: Conflict of interest
# description: |
#   The asker's own record, household, relatives and declared conflicts are refused everywhere, in neutral words.
#   Reads: conflict.
package mash.conflict

import data.mash.situation

# METADATA
# description: What the rule says of a profile - class to finding.
of(profile) := {} if {
	profile.conflict == false
} else := refused

refused := {class: finding |
	finding := {"rule": "conflict", "effect": 3, "silent": false, "code": "CONFLICT_OF_INTEREST", "how": {}, "missing": [], "tasks": []}
	some class in situation.asked_for
}
