# METADATA
# title: Objection
# description: |
#   An objection recorded at any source is honoured in care, the family overview and early help. An adult enquiry goes on over
#   it with a stated ground; without one it gives the pointer and the identity.
#   Reads: purpose, ground, own, objection, class.
# related_resources:
# - ref: Health and Social Care Act 2012 section 251B; Care Act 2014 section 42
package mash.objection

import data.mash.situation

# METADATA
# description: What the rule says of a profile - class to finding.
of(profile) := {} if {
	profile.own == true
} else := {} if {
	situation.purpose.objection == false
} else := {} if {
	profile.objection in {"NOT-RECORDED", "AGREED", "NDOO"}
} else := {} if {
	profile.objection == "EMERGENCY-ONLY"
	input.context.purpose in {"ETREAT", "ERTREAT"}
} else := {} if {
	input.context.purpose == "A-S42"
	situation.grounded
} else := reason_required if {
	input.context.purpose == "A-S42"
} else := objected

objected := {class: finding |
	finding := {"rule": "objection", "effect": 3, "silent": false, "code": "OBJECTION", "how": {}, "missing": [], "tasks": []}
	some class in situation.asked_for
}

reason_required := {class: finding |
	finding := {"rule": "objection", "effect": 3, "silent": false, "code": "REASON_REQUIRED", "how": {}, "missing": ["ground"], "tasks": []}
	some class in (situation.fields - {"DM0", "DM0p", "DM1", "DM1i"})
}
