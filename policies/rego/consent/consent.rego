# METADATA
# title: Agreement
# description: |
#   Some purposes rest on the agreement of the person the record is about; a recorded risk, or an override, stands in for it
#   where the purpose says so. An ISA may ask for agreement too. It never counts for anybody else.
#   Reads: purpose, evidence, ISA, own, agreement, agreed_to, age, class, source kind.
# related_resources:
# - ref: R (AB and CD) v Haringey LBC [2013] EWHC 416 (Admin)
package mash.consent

import data.mash.situation

# METADATA
# description: What the rule says of one class, or null.
of(profile, class) := null if {
	profile.own == true
} else := null if {
	agreement_not_read
	not isa_asks(profile)
} else := null if {
	profile.agreement in {"AGREED", "BEST-INTERESTS", "PROXY-LPA"}
} else := null if {
	# A competent child's own; not what a parent said.
	profile.agreement == "CHILD-OWN-VIEW"
	profile.subject_age in {"13_17", "UNKNOWN"}
} else := null if {
	profile.agreement == "AGREED-LIMITED"
	within(profile, class)
} else := required

agreement_not_read if situation.purpose.agreement == false

agreement_not_read if {
	input.context.purpose == "C-SCREEN"
	situation.risk
}

agreement_not_read if {
	input.context.purpose == "C-S17"
	some kind in input.context.evidence
	kind in {"override", "perceived-risk"}
}

isa_asks(profile) if {
	situation.purpose.isa == "NEEDED"
	data.book.isas[profile.isa].consent == "agreement"
}

# Limited to classes, or to kinds of source.
within(profile, _) if profile.source_kind in profile.agreed_to

within(profile, class) if class in profile.agreed_to

within(profile, class) if data.book.classes[class] in profile.agreed_to

within(profile, class) if {
	class in situation.questions
	some agreed in profile.agreed_to
	data.book.classes[agreed]
}

required := {
	"rule": "consent", "effect": 3, "silent": false, "code": "CONSENT_REQUIRED",
	"how": {}, "missing": would_do, "tasks": [],
}

default would_do := ["agreement"]

would_do := ["agreement", "perceived-risk"] if input.context.purpose in {"C-SCREEN", "C-S17"}
