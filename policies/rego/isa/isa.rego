# METADATA
# title: ISA or statutory gateway
# description: |
#   A release needs an agreement between the organisations (ISA) or a gateway in law that names the purpose. Paperwork never
#   blinds statutory or emergency work; a suspended partner is refused always, for its own records too.
#   Reads: purpose, day, kinds of asker and holder, paper, own, class.
# related_resources:
# - ref: UK GDPR Article 6; Data Protection Act 2018 Schedule 1
package mash.isa

import data.mash.situation

# METADATA
# description: |
#   What the paperwork between asker and holder lets through, as sets of classes; worked out once for a profile.
grants(profile) := array.concat(
	[isa.classes |
		profile.paper == "CURRENT"
		isa := data.book.isas[profile.isa]
		isa.roles[input.context.role]
	],
	[classes |
		holder := data.book.organisations[profile.source_organisation]
		some gateway in in_force
		gateway.holders[holder]
		classes := scope(gateway, profile.paper)
	],
)

scope(gateway, paper) := gateway.classes if paper in {"CURRENT", "LAPSED"}

# There never was an ISA: the gateway says how much it gives without one.
scope(gateway, paper) := gateway.without_isa if paper == "NONE"

# The gateways that may stand in for an ISA here and today.
in_force := [gateway |
	stands_in
	some gateway in data.book.gateways
	gateway.signed
	gateway.purposes[input.context.purpose]
	gateway.askers[input.context.organisation_type]
	gateway.from <= today
	today <= gateway.last
]

# Compared as text; anything that is no day of this form opens no gateway.
today := input.context.on if {
	is_string(input.context.on)
	count(input.context.on) == 10
	input.context.on > "1900-00-00"
	input.context.on < "9999-00-00"
}

default stands_in := false

stands_in if situation.purpose.isa in {"GOES_ON", "URGENT_GOES_ON", "NAMED"}

# Screening on agreement needs an ISA; on a recorded risk it goes on.
stands_in if {
	situation.purpose.isa == "ON_AGREEMENT"
	situation.risk
}

# METADATA
# description: |
#   What the rule says of one class, or null. `granted` is grants(profile). A source is asked if anything may come of it, and
#   it is sent a number and a date of birth only where identity may pass between the two.
of(profile, granted, class) := suspended if {
	profile.paper == "SUSPENDED"
} else := null if {
	profile.own == true
} else := null if {
	situation.purpose.isa == "NOT_READ"
} else := null if {
	some classes in granted
	classes[stands_for(class)]
} else := null if {
	# Whether to ask at all; a class in no list is the matrix's to name.
	not data.book.classes[stands_for(class)]
	count(granted) > 0
} else := expired if {
	profile.paper == "LAPSED"
} else := missing

stands_for(class) := "DM1" if {
	class == "QUERY"
} else := class

suspended := {
	"rule": "isa", "effect": 3, "silent": false, "code": "PARTNER_SUSPENDED",
	"how": {}, "missing": [], "tasks": [],
}

expired := {
	"rule": "isa", "effect": 3, "silent": false, "code": "AGREEMENT_EXPIRED",
	"how": {}, "missing": ["isa"], "tasks": [],
}

missing := {
	"rule": "isa", "effect": 3, "silent": false, "code": "NO_AGREEMENT",
	"how": {}, "missing": ["isa"], "tasks": [],
}

# METADATA
# description: Warnings for the whole answer - what went on although no ISA is in force.
warnings contains "AGREEMENT_LAPSED" if {
	situation.purpose.isa in {"GOES_ON", "URGENT_GOES_ON", "ON_AGREEMENT"}
	going_on
	some profile in input.profiles
	profile.own == false
	profile.paper in {"LAPSED", "NONE"}
	count(grants(profile)) > 0
}

default going_on := true

going_on := false if {
	situation.purpose.isa == "URGENT_GOES_ON"
	input.context.ground != "urgent"
}
