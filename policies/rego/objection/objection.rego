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
# description: What the rule says of one class, or null.
of(profile, class) := null if {
	profile.own == true
} else := null if {
	situation.purpose.objection == false
} else := null if {
	profile.objection in {"NOT-RECORDED", "AGREED", "NDOO"}
} else := null if {
	profile.objection == "EMERGENCY-ONLY"
	input.context.purpose in {"ETREAT", "ERTREAT"}
} else := enquiry(class) if {
	input.context.purpose == "A-S42"
} else := objected

enquiry(class) := null if {
	situation.grounded
} else := null if {
	class in {"DM0", "DM0p", "DM1", "DM1i", "ASK", "QUERY"}
} else := reason_required

objected := {"rule": "objection", "effect": 3, "silent": false, "code": "OBJECTION", "how": {}, "missing": [], "tasks": []}

reason_required := {"rule": "objection", "effect": 3, "silent": false, "code": "REASON_REQUIRED", "how": {}, "missing": ["ground"], "tasks": []}
