# METADATA
# title: ISA or statutory gateway
# description: |
#   A release needs an agreement between the organisations (ISA) or a gateway in law that names the purpose. Paperwork never
#   blinds statutory or emergency work; a suspended partner is refused always, for its own records too.
# related_resources:
# - ref: UK GDPR Article 6; Data Protection Act 2018 Schedule 1
# - ref: Children Act 2004 section 16LA
package mash.isa

import data.mash.classes

# METADATA
# description: Whether the purpose needs an ISA or a gateway at all.
# custom:
#   group: isa_read
#   reads: [purpose]
default isa_read(_) := true

isa_read(key) := false if data.book.purposes[key.purpose].isa == "NOT_READ"

# METADATA
# description: The classes that the ISA in force lets through to the role, sorted.
# custom:
#   group: isa_reach
#   reads: [paper, isa, role]
default isa_reach(_) := []

isa_reach(key) := reach([isa.scope]) if {
	key.paper == "CURRENT"
	isa := data.book.isas[key.isa]
	isa.roles[key.role]
}

# METADATA
# description: Whether a gateway may stand in for an ISA. Screening on agreement needs an ISA; on a recorded risk it goes on.
# custom:
#   group: gateway_stands_in
#   reads: [purpose, risk]
default gateway_stands_in(_) := false

gateway_stands_in(key) if data.book.purposes[key.purpose].isa in {"GOES_ON", "URGENT_GOES_ON", "NAMED"}

gateway_stands_in(key) if {
	data.book.purposes[key.purpose].isa == "ON_AGREEMENT"
	key.risk
}

# METADATA
# description: The signed gateways that name the purpose and open by themselves.
# custom:
#   group: gateways_for_purpose
#   reads: [purpose]
gateways_for_purpose(key) := sort([id |
	some id, gateway in data.book.gateways
	gateway.signed
	not gateway.holder_decides
	gateway.purposes[key.purpose]
])

# METADATA
# description: The signed gateways that name the purpose and give the holder a decision to make.
# custom:
#   group: duties_for_purpose
#   reads: [purpose]
duties_for_purpose(key) := sort([id |
	some id, gateway in data.book.gateways
	gateway.signed
	gateway.holder_decides
	gateway.purposes[key.purpose]
])

# METADATA
# description: The gateways that the asker's type of organisation may use.
# custom:
#   group: gateways_for_asker
#   reads: [organisation_type]
gateways_for_asker(key) := sort([id |
	some id, gateway in data.book.gateways
	gateway.askers[key.organisation_type]
])

# METADATA
# description: The gateways that reach records of the holder's type of organisation.
# custom:
#   group: gateways_for_holder
#   reads: [source_organisation]
gateways_for_holder(key) := sort([id |
	holder := data.book.organisations[key.source_organisation]
	some id, gateway in data.book.gateways
	gateway.holders[holder]
])

# METADATA
# description: The gateways in force on the day, both ends included. Days compare as text; what is no day opens none.
# custom:
#   group: gateways_on_day
#   reads: [on]
gateways_on_day(key) := sort([id |
	key.on != "ANY_OTHER"
	some id, gateway in data.book.gateways
	gateway.from <= key.on
	key.on <= gateway.last
])

# METADATA
# description: The gateways that stand in for an ISA for this purpose today.
# custom:
#   group: gateways_in_force
#   reads: [gateway_stands_in, gateways_for_purpose, gateways_on_day]
gateways_in_force(key) := sort([id |
	key.gateway_stands_in
	some id in key.gateways_for_purpose
	id in key.gateways_on_day
])

# METADATA
# description: The gateways that stand in for an ISA between asker and holder.
# custom:
#   group: gateways
#   reads: [gateways_in_force, gateways_for_asker, gateways_for_holder]
gateways(key) := sort([id |
	some id in key.gateways_in_force
	id in key.gateways_for_asker
	id in key.gateways_for_holder
])

# METADATA
# description: |
#   The classes that these gateways let through, sorted. Where there never was an ISA, each says how much it gives without one.
# custom:
#   group: gateway_reach
#   reads: [gateways, paper]
gateway_reach(key) := reach([data.book.gateways[id].scope | some id in key.gateways]) if {
	key.paper in {"CURRENT", "LAPSED"}
} else := reach([data.book.gateways[id].without_isa | some id in key.gateways]) if {
	key.paper == "NONE"
} else := []

# METADATA
# description: The classes that a holder's decision to disclose lets through, sorted.
# custom:
#   group: duty_reach
#   reads: [duties]
duty_reach(key) := reach([data.book.gateways[id].scope | some id in key.duties])

# What scopes let through. A source is sent a number and a date of birth only where identity may pass between the two; whether to
# ask at all needs no more than that something may come of it; to be counted is to be known, which the pointer tells; a class in
# no list is the matrix's to name.
reach(scopes) := sort(classes.all) if {
	some scope in scopes
	scope.whole
} else := [] if {
	scopes == []
} else := sort((((listed | {"ASK", classes.unlisted}) | {"QUERY" | "DM1" in listed}) | {classes.numbers | "DM0" in listed})) if {
	listed := {class | some scope in scopes; some class, _ in scope.classes}
}

# METADATA
# description: |
#   What the paper lacks, as one word, where a release needs it. A word that does not go with the state counts for no more than
#   the state itself says; where nothing is wrong and a class is refused all the same, the ISA does not name it.
# custom:
#   group: isa_lacks
#   reads: [paper, paper_defect]
isa_lacks(key) := "PARTNER_SUSPENDED" if {
	key.paper == "SUSPENDED"
} else := key.paper_defect if {
	data.book.paper_defects[key.paper_defect].paper == key.paper
} else := "ENDED" if {
	key.paper == "LAPSED"
} else := "NO_ISA"

# METADATA
# description: What the rule says - class to finding.
# custom:
#   factor: isa
#   reads: [own, isa_read, isa_reach, isa_lacks, gateway_reach, duty_reach, holder_decides]
of(key) := {class: refused(key) | some class in classes.all} if {
	key.isa_lacks == "PARTNER_SUSPENDED"
} else := {} if {
	key.own == true
} else := {} if {
	key.isa_read == false
} else := {class: finding |
	some class in classes.all
	not class in key.isa_reach
	not class in key.gateway_reach
	finding := short_of_paper(key, class)
	finding != null
}

# Where the holder has a decision to make, that stands in for the paper; what it keeps back the owner's decision rule says.
short_of_paper(key, class) := to_decide if {
	class in key.duty_reach
	key.holder_decides == "to-decide"
} else := null if {
	class in key.duty_reach
	key.holder_decides in {"disclosed", "kept-back"}
} else := refused(key)

to_decide := {
	"rule": "isa", "effect": 2, "silent": false, "code": "OWNER_APPROVAL", "how": {},
	"missing": ["owner-approval"], "tasks": ["holder-decides-16la"],
}

refused(key) := {
	"rule": "isa", "effect": 3, "silent": false, "code": lack.code,
	"how": {}, "missing": lack.missing, "tasks": [],
} if {
	lack := data.book.paper_defects[key.isa_lacks]
} else := {
	"rule": "isa", "effect": 3, "silent": false, "code": "NO_AGREEMENT",
	"how": {}, "missing": ["isa"], "tasks": [],
}

# METADATA
# description: Whether the purpose goes on where the ISA is not in force, so that both sides are to be told.
# custom:
#   group: goes_on
#   reads: [purpose, ground]
default goes_on(_) := false

goes_on(key) if data.book.purposes[key.purpose].isa in {"GOES_ON", "ON_AGREEMENT"}

goes_on(key) if {
	data.book.purposes[key.purpose].isa == "URGENT_GOES_ON"
	key.ground == "urgent"
}

# METADATA
# description: Warnings for the whole answer - what went on although no ISA is in force.
# custom:
#   warns: agreement_lapsed
#   reads: [goes_on, own, paper, isa_lacks, gateway_reach]
warnings(key) := ["DSPT_LAPSED"] if {
	key.goes_on
	key.own == false
	key.isa_lacks == "DSPT_LAPSED"
	key.gateway_reach != []
} else := ["AGREEMENT_LAPSED"] if {
	key.goes_on
	key.own == false
	key.paper in {"LAPSED", "NONE"}
	key.gateway_reach != []
} else := []
