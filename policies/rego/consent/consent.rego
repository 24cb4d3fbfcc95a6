# METADATA
# title: Agreement
# description: |
#   Some purposes rest on the agreement of the person the record is about; a recorded risk, or an override, stands in for it
#   where the purpose says so. An ISA may ask for agreement too. It never counts for anybody else. Where the law gives the holder a
#   decision to make, the holder is asked for that instead, and nothing is fetched meanwhile.
# related_resources:
# - ref: R (AB and CD) v Haringey LBC [2013] EWHC 416 (Admin)
# - ref: Children Act 2004 section 16LA
package mash.consent

import data.mash.classes

# METADATA
# description: Whether agreement was overridden on the case, or a risk recorded.
# custom:
#   group: overridden
#   any: evidence
#   reads: [evidence_kind]
default overridden(_) := false

overridden(key) if key.evidence_kind in {"override", "perceived-risk"}

# METADATA
# description: Whether the purpose rests on agreement here.
# custom:
#   group: agreement_read
#   reads: [purpose, risk, overridden]
default agreement_read(_) := true

agreement_read(key) := false if data.book.purposes[key.purpose].agreement == false

agreement_read(key) := false if {
	key.purpose == "C-SCREEN"
	key.risk
}

agreement_read(key) := false if {
	key.purpose == "C-S17"
	key.overridden
}

# METADATA
# description: Whether a recorded risk would do in place of agreement.
# custom:
#   group: risk_would_do
#   reads: [purpose]
default risk_would_do(_) := false

risk_would_do(key) if key.purpose in {"C-SCREEN", "C-S17"}

# METADATA
# description: Whether the ISA asks for agreement; never of what goes on without one.
# custom:
#   group: isa_asks
#   reads: [purpose, isa]
default isa_asks(_) := false

isa_asks(key) if {
	data.book.purposes[key.purpose].isa == "NEEDED"
	data.book.isas[key.isa].consent == "agreement"
}

# METADATA
# description: How far there is agreement - yes, limited or no. A competent child's own counts; not what a parent said.
# custom:
#   group: agreed
#   reads: [agreement, subject_age]
agreed(key) := "yes" if {
	key.agreement in {"AGREED", "BEST-INTERESTS", "PROXY-LPA"}
} else := "yes" if {
	key.agreement == "CHILD-OWN-VIEW"
	key.subject_age in {"13_17", "UNKNOWN"}
} else := "limited" if {
	key.agreement == "AGREED-LIMITED"
} else := "no"

# METADATA
# description: Whether a limited agreement names the kind of source.
# custom:
#   group: agreed_source
#   any: agreed_to
#   reads: [agreed_word, source_kind]
default agreed_source(_) := false

agreed_source(key) if {
	is_boolean(data.book.adult_services.kinds[key.source_kind])
	key.agreed_word == key.source_kind
}

# METADATA
# description: Whether a limited agreement names the class. A class goes with the one that it is a letter of.
# custom:
#   group: agreed_class
#   any: agreed_to
#   reads: [agreed_word, class]
default agreed_class(_) := false

agreed_class(key) if {
	data.book.classes[key.class]
	key.agreed_word in {key.class, data.book.classes[key.class]}
}

agreed_class(key) if {
	key.class in classes.questions
	data.book.classes[key.agreed_word]
}

# METADATA
# description: What the rule says - class to finding.
# custom:
#   factor: consent
#   reads: [own, agreement_read, isa_asks, agreed, agreed_source, agreed_class, risk_would_do, holder_decides]
of(key) := {} if {
	key.own == true
} else := {} if {
	key.agreement_read == false
	key.isa_asks == false
} else := {} if {
	key.agreed == "yes"
} else := {} if {
	key.agreed == "limited"
	key.agreed_source
} else := {} if {
	key.agreed == "limited"
	key.agreed_class
} else := required[key.risk_would_do] if {
	key.holder_decides == "none"
} else := to_decide if {
	key.holder_decides == "to-decide"
} else := {} if {
	key.holder_decides in {"disclosed", "kept-back"}
}

required := {risk: {class: finding |
	finding := {"rule": "consent", "effect": 3, "silent": false, "code": "CONSENT_REQUIRED", "how": {}, "missing": would_do, "tasks": []}
	some class in classes.all
} |
	some risk, would_do in {false: ["agreement"], true: ["agreement", "perceived-risk"]}
}

# One task for each holder and person: the question before anything is asked carries it.
to_decide := {class: object.union(finding, {"tasks": [task | class == "ASK"; task := "holder-decides-16la"]}) |
	finding := {"rule": "consent", "effect": 2, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": ["owner-approval"], "tasks": []}
	some class in classes.all
}
