# METADATA
# title: Share state of an item
# description: |
#   An end of life item has its own share state: refused or withdrawn by a person with capacity it is left out of care without
#   a word, break glass apart.
#   Reads: label L:EOL, column, purpose, own, item share, class.
package mash.item_share

import data.mash.situation

# METADATA
# description: What the rule says of a profile - class to finding.
of(profile) := {} if {
	profile.item_share in {"AGREED", "NOT-RECORDED", "BEST-INTERESTS", "PROXY-LPA"}
} else := {} if {
	profile.own == true
} else := {} if {
	situation.column != "B"
} else := {} if {
	input.context.purpose == "BTG"
} else := {} if {
	is_array(profile.labels)
	not "L:EOL" in profile.labels
} else := refused

refused := {class: finding |
	finding := {"rule": "item_share", "effect": 3, "silent": true, "code": "OBJECTION", "how": {}, "missing": [], "tasks": []}
	some class in (situation.fields - {"DM0", "DM0p"})
}
