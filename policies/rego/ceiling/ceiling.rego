# METADATA
# title: Role ceiling
# description: |
#   What a role may see at most, whatever the purpose: a set of classes. Restricted narrative (DM6) only by the owner's
#   approval, and only for a role that reaches detail (DM5).
#   Reads: role, purpose, class, own, owner's decision.
package mash.ceiling

default allowed := {}

allowed := data.book.ceilings[input.context.role].by[input.context.purpose] if {
	data.book.ceilings[input.context.role].by[input.context.purpose]
} else := data.book.ceilings[input.context.role].any

default own_only := true

own_only := data.book.ceilings[input.context.role].own_only

# METADATA
# description: What the rule says of one class, or null.
of(profile, class) := refused if {
	own_only
	not profile.own == true
} else := null if {
	allowed[class]
} else := null if {
	class in {"ASK", "QUERY"}
	count(allowed) > 0
} else := narrative(profile) if {
	class == "DM6"
	allowed.DM5
} else := commercial if {
	class == "DM8"
} else := refused

narrative(profile) := null if {
	profile.own == true
} else := null if {
	profile.owner_decision == "approved"
} else := owner

owner := {"rule": "ceiling", "effect": 2, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": ["owner-approval"], "tasks": []}

refused := {"rule": "ceiling", "effect": 3, "silent": false, "code": "ROLE_NOT_PERMITTED", "how": {}, "missing": [], "tasks": []}

commercial := {"rule": "ceiling", "effect": 3, "silent": false, "code": "COMMERCIAL", "how": {}, "missing": [], "tasks": []}
