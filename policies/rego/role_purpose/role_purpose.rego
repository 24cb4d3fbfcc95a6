# METADATA
# title: Role and purpose
# description: |
#   Which role may use which purpose is one table; the case that the purpose needs must be open, and the asker a member.
#   A subject's own request is put before a reviewer, whatever the class; in the reviewer's draft this rule is left out, so that what
#   the other rules say stands there as a mark. Breaking glass needs a written reason.
# related_resources:
# - ref: Caldicott principles 3 and 4
package mash.role_purpose

import data.mash.classes

# METADATA
# description: Whether the table gives the purpose to the role.
# custom:
#   group: role_may
#   reads: [role, purpose]
default role_may(_) := false

role_may(key) if data.book.role_purposes[key.role][key.purpose]

# METADATA
# description: Whether the purpose is open to the asker's type of organisation.
# custom:
#   group: asker_may
#   reads: [purpose, organisation_type]
default asker_may(_) := false

asker_may(key) if not data.book.only_for[key.purpose]

asker_may(key) if data.book.only_for[key.purpose][key.organisation_type]

# METADATA
# description: Whether the case that the purpose needs is open and the asker a member.
# custom:
#   group: case_stands
#   reads: [purpose, case]
default case_stands(_) := false

case_stands(key) if {
	data.book.purposes[key.purpose].opens_case == true
	key.case == "OPEN"
}

case_stands(key) if {
	data.book.purposes[key.purpose].opens_case == false
	key.case in {"OPEN", "NONE"}
}

# METADATA
# description: Whether a manager's reasonable cause to suspect stands on the case as evidence.
# custom:
#   group: reasonable_cause
#   any: evidence
#   reads: [evidence_kind]
default reasonable_cause(_) := false

reasonable_cause(key) if key.evidence_kind == "reasonable-cause"

# METADATA
# description: |
#   Whether the ground that the purpose rests on was stated. A child protection enquiry rests on a manager's reasonable cause to
#   suspect, stated as the case was opened; an urgent ground is a stated one.
# custom:
#   group: cause_stated
#   reads: [purpose, ground, reasonable_cause]
default cause_stated(_) := false

cause_stated(key) if key.purpose != "C-S47"

cause_stated(key) if key.ground in {"stated", "urgent"}

cause_stated(key) if key.reasonable_cause

# METADATA
# description: Whether the purpose lacks the written reason that it needs, an urgent ground.
# custom:
#   group: unexplained
#   reads: [purpose, ground]
default unexplained(_) := false

unexplained(key) if {
	key.purpose == "BTG"
	key.ground != "urgent"
}

# METADATA
# description: Whether a reviewer decides, whatever the class.
# custom:
#   group: reviewed
#   reads: [purpose]
default reviewed(_) := false

reviewed(key) if data.book.purposes[key.purpose].column == "REFER"

# METADATA
# description: What the rule says - class to finding.
# custom:
#   factor: role_purpose
#   reads: [role_may, asker_may, case_stands, cause_stated, unexplained, reviewed, channel]
of(key) := refused if {
	not permitted(key)
} else := reason_required if {
	key.unexplained
} else := refer if {
	key.reviewed
	key.channel != "review"
} else := {}

permitted(key) if {
	key.role_may
	key.asker_may
	key.case_stands
	key.cause_stated
}

refused := {class: finding |
	finding := {"rule": "role_purpose", "effect": 3, "silent": false, "code": "PURPOSE_NOT_PERMITTED", "how": {}, "missing": ["case"], "tasks": []}
	some class in classes.all
}

refer := {class: finding |
	finding := {"rule": "role_purpose", "effect": 2, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": ["owner-approval"], "tasks": []}
	some class in classes.all
}

reason_required := {class: finding |
	finding := {"rule": "role_purpose", "effect": 3, "silent": false, "code": "REASON_REQUIRED", "how": {}, "missing": ["ground"], "tasks": []}
	some class in classes.all
}
