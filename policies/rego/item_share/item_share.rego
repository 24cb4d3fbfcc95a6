# METADATA
# title: Share state of an item
# description: |
#   An end of life item has its own share state: refused or withdrawn by a person with capacity it is left out of care without
#   a word, break glass apart.
package mash.item_share

import data.mash.classes

# METADATA
# description: Whether the purpose reads the share state of an item.
# custom:
#   group: item_share_read
#   reads: [column, purpose]
default item_share_read(_) := true

item_share_read(key) := false if key.column != "B"

item_share_read(key) := false if key.purpose == "BTG"

# METADATA
# description: Whether a label says that it is an end of life item.
# custom:
#   group: end_of_life
#   any: labels
#   reads: [label]
default end_of_life(_) := false

end_of_life(key) if key.label == "L:EOL"

# METADATA
# description: What the rule says - class to finding. Labels that cannot be read are read as if it were one.
# custom:
#   factor: item_share
#   reads: [own, item_share, item_share_read, end_of_life, labels_listed]
of(key) := {} if {
	key.item_share in {"AGREED", "NOT-RECORDED", "BEST-INTERESTS", "PROXY-LPA"}
} else := {} if {
	key.own == true
} else := {} if {
	key.item_share_read == false
} else := {} if {
	key.labels_listed == true
	key.end_of_life == false
} else := refused

refused := {class: finding |
	finding := {"rule": "item_share", "effect": 3, "silent": true, "code": "OBJECTION", "how": {}, "missing": [], "tasks": []}
	some class in (classes.fields - {"DM0", "DM0p"})
}
