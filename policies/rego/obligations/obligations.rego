# METADATA
# title: Obligations
# description: |
#   What the receiver owes for what is released. Nothing is owed for what is withheld.
#   Reads: own, paper, ISA, labels, purpose, owner's decision.
package mash.obligations

# METADATA
# description: The obligations of what is released under a profile, sorted.
of(profile) := [] if {
	profile.own == true
} else := sort({code | some list in [by_isa(profile), by_label(profile), no_onward(profile)]; some code in list})

by_isa(profile) := data.book.isas[profile.isa].obligations if {
	profile.paper == "CURRENT"
} else := []

by_label(profile) := ["PERSISTLABEL"] if {
	count(profile.labels) > 0
} else := []

# A board's answer serves its own functions only (Care Act 2014 section 45(4)); so does what an owner approved for one case.
no_onward(profile) := ["NORDSCLCD"] if {
	input.context.purpose == "A-S45"
} else := ["NORDSCLCD"] if {
	profile.owner_decision == "approved"
} else := []
