# METADATA
# title: Role ceiling
# description: |
#   What a role may see at most, whatever the purpose: a set of classes. Restricted narrative (DM6) only by the owner's
#   approval, and only for a role that reaches detail (DM5).
#   Reads: role, purpose, class, own, owner's decision.
package mash.ceiling

import data.mash.situation

# METADATA
# description: What the rule says of a profile - class to finding.
of(profile) := of_own if {
	profile.own == true
} else := everything if {
	own_only
} else := of_own if {
	# The owner's approval opens narrative for a partner as it is open to the owner's own.
	profile.owner_decision == "approved"
} else := of_partners

default allowed := {}

allowed := data.book.ceilings[input.context.role].by[input.context.purpose] if {
	data.book.ceilings[input.context.role].by[input.context.purpose]
} else := data.book.ceilings[input.context.role].any

# METADATA
# description: Whether the role sees records of its own organisation only.
default own_only := true

own_only := data.book.ceilings[input.context.role].own_only

# METADATA
# description: What the rule says of the asker's own records, and of approved ones.
of_own := {class: refusal(class) |
	some class in situation.asked_for
	not reached(class)
	not narrative(class)
}

# METADATA
# description: What the rule says of a partner's records.
of_partners := object.union(of_own, {class: finding |
	finding := {"rule": "ceiling", "effect": 2, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": ["owner-approval"], "tasks": []}
	some class in situation.fields
	narrative(class)
})

everything := {class: refusal(class) | some class in situation.asked_for}

reached(class) if allowed[class]

reached(class) if {
	class in situation.questions
	allowed != {}
}

narrative("DM6") if allowed.DM5

refusal(class) := commercial if {
	class == "DM8"
} else := refused

refused := {"rule": "ceiling", "effect": 3, "silent": false, "code": "ROLE_NOT_PERMITTED", "how": {}, "missing": [], "tasks": []}

commercial := {"rule": "ceiling", "effect": 3, "silent": false, "code": "COMMERCIAL", "how": {}, "missing": [], "tasks": []}
