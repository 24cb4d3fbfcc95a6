# METADATA
# title: Share state of an item
# description: |
#   An end of life item has its own share state: refused or withdrawn by a person with capacity it is left out of care without
#   a word, break glass apart.
#   Reads: label L:EOL, column, purpose, own, item share, class.
package mash.item_share

import data.mash.situation

# METADATA
# description: Whether the rule reads a profile at all; worked out once for it.
default reads(_) := true

reads(profile) := false if profile.own == true

reads(_) := false if situation.column != "B"

reads(_) := false if input.context.purpose == "BTG"

reads(profile) := false if {
	is_array(profile.labels)
	count([label | some label in profile.labels; label == "L:EOL"]) == 0
}

reads(profile) := false if profile.item_share in {"AGREED", "NOT-RECORDED", "BEST-INTERESTS", "PROXY-LPA"}

# METADATA
# description: What the rule says of one class, or null. `read` is reads(profile).
of(read, class) := null if {
	read == false
} else := null if {
	class in {"DM0", "DM0p"}
} else := refused

refused := {"rule": "item_share", "effect": 3, "silent": true, "code": "OBJECTION", "how": {}, "missing": [], "tasks": []}
