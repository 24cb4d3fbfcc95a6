# METADATA
# title: Role and purpose
# description: |
#   Which role may use which purpose is one table; the case that the purpose needs must be open, and the asker a member.
#   A subject's own request is put before a reviewer, whatever the class.
#   Reads: role, purpose, type of asker, state of the case, ground and evidence.
# related_resources:
# - ref: Caldicott principles 3 and 4
package mash.role_purpose

import data.mash.situation

# METADATA
# description: What the rule says of every profile of the question - class to finding.
of := {} if {
	permitted
	situation.purpose.column != "REFER"
} else := refer if {
	permitted
} else := refused

permitted if {
	data.book.role_purposes[input.context.role][input.context.purpose]
	asker_may
	case_stands
	cause_stated
}

asker_may if not data.book.only_for[input.context.purpose]

asker_may if data.book.only_for[input.context.purpose][input.context.organisation_type]

case_stands if {
	situation.purpose.opens_case == true
	input.context.case == "OPEN"
}

case_stands if {
	situation.purpose.opens_case == false
	input.context.case in {"OPEN", "NONE"}
}

cause_stated if input.context.purpose != "C-S47"

# A child protection enquiry rests on a manager's reasonable cause to suspect, stated as the case was opened.
cause_stated if situation.grounded

cause_stated if "reasonable-cause" in input.context.evidence

refused := {class: finding |
	finding := {"rule": "role_purpose", "effect": 3, "silent": false, "code": "PURPOSE_NOT_PERMITTED", "how": {}, "missing": ["case"], "tasks": []}
	some class in situation.asked_for
}

refer := {class: finding |
	finding := {"rule": "role_purpose", "effect": 2, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": ["owner-approval"], "tasks": []}
	some class in situation.asked_for
}
