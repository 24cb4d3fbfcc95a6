# METADATA
# title: ISA or statutory gateway
# description: |
#   A release needs an agreement between the organisations (ISA) or a gateway in law that names the purpose. Paperwork never
#   blinds statutory or emergency work; a suspended partner is refused always, for its own records too.
#   Reads: purpose, day, types of asker and holder, role, paper, ISA, own, class.
# related_resources:
# - ref: UK GDPR Article 6; Data Protection Act 2018 Schedule 1
package mash.isa

import data.mash.situation

# METADATA
# description: What the rule says of a profile - class to finding.
of(profile) := suspended if {
	profile.paper == "SUSPENDED"
} else := {} if {
	profile.own == true
} else := {} if {
	situation.purpose.isa == "NOT_READ"
} else := {} if {
	some scope in grants(profile)
	scope.whole
} else := refused(profile, [scope | some scope in grants(profile)])

# What the paperwork between asker and holder lets through, as scopes.
grants(profile) := array.concat(
	[isa.scope |
		profile.paper == "CURRENT"
		isa := data.book.isas[profile.isa]
		isa.roles[input.context.role]
	],
	[scope |
		count(in_force) > 0
		holder := data.book.organisations[profile.source_organisation]
		some gateway in in_force
		gateway.holders[holder]
		scope := scope_of(gateway, profile.paper)
	],
)

scope_of(gateway, paper) := gateway.scope if paper in {"CURRENT", "LAPSED"}

# There never was an ISA: the gateway says how much it gives without one.
scope_of(gateway, "NONE") := gateway.without_isa

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

refused(profile, scopes) := {class: finding |
	finding := by_paper(profile)
	some class in situation.asked_for
	not within(scopes, class)
}

within(scopes, class) if {
	some scope in scopes
	scope.classes[stands_for(class)]
}

# Whether to ask at all needs no more than that something may come of it; a class in no list is the matrix's to name.
within(scopes, class) if {
	not data.book.classes[stands_for(class)]
	scopes != []
}

# A source is sent a number and a date of birth only where identity may pass between the two.
stands_for(class) := "DM1" if {
	class == "QUERY"
} else := class

by_paper(profile) := expired if {
	profile.paper == "LAPSED"
} else := missing

suspended := {class: finding |
	finding := {"rule": "isa", "effect": 3, "silent": false, "code": "PARTNER_SUSPENDED", "how": {}, "missing": [], "tasks": []}
	some class in situation.asked_for
}

expired := {"rule": "isa", "effect": 3, "silent": false, "code": "AGREEMENT_EXPIRED", "how": {}, "missing": ["isa"], "tasks": []}

missing := {"rule": "isa", "effect": 3, "silent": false, "code": "NO_AGREEMENT", "how": {}, "missing": ["isa"], "tasks": []}

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
