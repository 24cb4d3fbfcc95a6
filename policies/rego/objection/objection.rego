# METADATA
# title: Objection
# description: |
#   An objection recorded at any source is honoured in care, the family overview and early help. An adult enquiry goes on over
#   it with a stated ground; without one it gives the pointer and the identity. The national data opt-out is read for research and
#   planning only: whoever opted out is absent from anything about persons.
# related_resources:
# - ref: Health and Social Care Act 2012 section 251B; Care Act 2014 section 42
package mash.objection

import data.mash.classes

# METADATA
# description: |
#   How the purpose reads an objection - not-read, in-emergencies (one that excepts emergencies is none), over-ground (a stated
#   ground goes over it), ground-needed, opt-out (the national data opt-out alone), honoured.
# custom:
#   group: objection_read
#   reads: [purpose, ground]
objection_read(key) := "opt-out" if {
	data.book.purposes[key.purpose].column == "HRESCH"
} else := "not-read" if {
	data.book.purposes[key.purpose].objection == false
} else := "in-emergencies" if {
	key.purpose in {"ETREAT", "ERTREAT"}
} else := "over-ground" if {
	key.purpose == "A-S42"
	key.ground in {"stated", "urgent"}
} else := "ground-needed" if {
	key.purpose == "A-S42"
} else := "honoured"

# METADATA
# description: What the rule says - class to finding.
# custom:
#   factor: objection
#   reads: [own, objection, objection_read]
of(key) := {} if {
	key.own == true
} else := {} if {
	key.objection_read in {"not-read", "over-ground"}
} else := {} if {
	key.objection_read == "opt-out"
	not key.objection in {"NDOO", "ANY_OTHER"}
} else := object.remove(absent, {classes.numbers}) if {
	# A number of people is about nobody; what nobody can read keeps even that back.
	key.objection_read == "opt-out"
	key.objection == "NDOO"
} else := absent if {
	key.objection_read == "opt-out"
} else := {} if {
	key.objection in {"NOT-RECORDED", "AGREED", "NDOO"}
} else := {} if {
	key.objection == "EMERGENCY-ONLY"
	key.objection_read == "in-emergencies"
} else := reason_required if {
	key.objection_read == "ground-needed"
} else := objected

absent := {class: finding |
	finding := {"rule": "objection", "effect": 3, "silent": true, "code": "OBJECTION", "how": {}, "missing": [], "tasks": []}
	some class in classes.all
}

objected := {class: finding |
	finding := {"rule": "objection", "effect": 3, "silent": false, "code": "OBJECTION", "how": {}, "missing": [], "tasks": []}
	some class in classes.all
}

reason_required := {class: finding |
	finding := {"rule": "objection", "effect": 3, "silent": false, "code": "REASON_REQUIRED", "how": {}, "missing": ["ground"], "tasks": []}
	some class in (classes.fields - {"DM0", "DM0p", "DM1", "DM1i"})
}
