# METADATA
# title: Obligations
# description: |
#   What the receiver owes for what is released. Nothing is owed for what is withheld.
package mash.obligations

# METADATA
# description: What the ISA in force lays on the receiver.
# custom:
#   group: owed_by_isa
#   reads: [paper, isa]
default owed_by_isa(_) := []

owed_by_isa(key) := data.book.isas[key.isa].obligations if key.paper == "CURRENT"

# METADATA
# description: Whether the record carries any label.
# custom:
#   group: labelled
#   any: labels
#   reads: [label]
labelled(key) if key.label

# METADATA
# description: |
#   Whether nobody of the family may be contacted about it - in honour-based abuse, forced marriage and female genital mutilation
#   a question to one of them can be the end of another. A label that nobody knows is taken for such a one.
# custom:
#   group: no_contact
#   any: labels
#   reads: [label]
default no_contact(_) := false

no_contact(key) if key.label in {"L:HBA", "ANY_OTHER"}

# METADATA
# description: |
#   What the purpose lays on the receiver. A board's answer serves its own functions only (Care Act 2014 section 45(4)); what was
#   seen by breaking glass is for this emergency.
# custom:
#   group: owed_by_purpose
#   reads: [purpose]
owed_by_purpose(key) := ["NORDSCLCD"] if {
	key.purpose == "A-S45"
} else := ["MINEC", "NORDSCLCD"] if {
	key.purpose == "BTG"
} else := []

# METADATA
# description: What an owner's decision lays on the receiver - what was given for one case goes no further.
# custom:
#   group: owed_by_decision
#   reads: [owner_decision]
owed_by_decision(key) := ["NORDSCLCD"] if {
	key.owner_decision in {"approved", "disclose"}
} else := []

# METADATA
# description: The obligations of what is released, sorted.
# custom:
#   owed: obligations
#   reads: [own, owed_by_isa, labelled, no_contact, owed_by_purpose, owed_by_decision]
of(key) := [] if {
	key.own == true
} else := sort({code |
	some list in [key.owed_by_isa, by_label(key), contact(key), key.owed_by_purpose, key.owed_by_decision]
	some code in list
})

by_label(key) := ["PERSISTLABEL"] if {
	key.labelled
} else := []

contact(key) := ["NOCONTACT"] if {
	key.no_contact
} else := []
