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
# description: What the rule says of a profile - class to finding.
of(profile) := {} if {
	profile.own == true
} else := {} if {
	agreement_not_read
	not isa_asks(profile)
} else := {} if {
	profile.agreement in {"AGREED", "BEST-INTERESTS", "PROXY-LPA"}
} else := {} if {
	# A competent child's own; not what a parent said.
	profile.agreement == "CHILD-OWN-VIEW"
	profile.subject_age in {"13_17", "UNKNOWN"}
} else := {} if {
	profile.agreement == "AGREED-LIMITED"
	profile.source_kind in profile.agreed_to
} else := {class: finding | some class, finding in required; not within(profile, class)} if {
	profile.agreement == "AGREED-LIMITED"
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

# Limited to classes: a class goes with the one that it is a letter of.
within(profile, class) if class in profile.agreed_to

within(profile, class) if data.book.classes[class] in profile.agreed_to

within(profile, class) if {
	class in situation.questions
	some agreed in profile.agreed_to
	data.book.classes[agreed]
}

required := {class: finding |
	finding := {
		"rule": "consent", "effect": 3, "silent": false, "code": "CONSENT_REQUIRED",
		"how": {}, "missing": would_do, "tasks": [],
	}
	some class in situation.asked_for
}

default would_do := ["agreement"]

would_do := ["agreement", "perceived-risk"] if input.context.purpose in {"C-SCREEN", "C-S17"}
