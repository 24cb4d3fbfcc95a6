# METADATA
# title: Conflict of interest
# description: |
#   The asker's own record, household, relatives and declared conflicts are refused everywhere, in neutral words.
package mash.conflict

import data.mash.classes

# METADATA
# description: What the rule says - class to finding.
# custom:
#   factor: conflict
#   reads: [conflict]
of(key) := {} if {
	key.conflict == false
} else := refused

refused := {class: finding |
	finding := {"rule": "conflict", "effect": 3, "silent": false, "code": "CONFLICT_OF_INTEREST", "how": {}, "missing": [], "tasks": []}
	some class in classes.all
}
