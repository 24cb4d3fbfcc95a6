# METADATA
# title: Obligations
# description: |
#   What the receiver owes for what is released. Nothing is owed for what is withheld.
#   Reads: own, paper, ISA, labels, purpose, owner's decision.
package mash.obligations

# METADATA
# description: The obligations of what is released under a profile, sorted.
owed(profile) := [] if {
	profile.own == true
} else := sort({code | some code in codes(profile)})

codes(profile) := array.concat(
	[code |
		profile.paper == "CURRENT"
		some code in data.book.isas[profile.isa].obligations
	],
	[code |
		some code, due in {
			"NORDSCLCD": no_onward(profile),
			"PERSISTLABEL": labelled(profile),
		}
		due
	],
)

default no_onward(_) := false

# A board's answer serves its own functions only (Care Act 2014 section 45(4)); so does what an owner approved for one case.
no_onward(_) if input.context.purpose == "A-S45"

no_onward(profile) if profile.owner_decision == "approved"

default labelled(_) := false

labelled(profile) if count(profile.labels) > 0
