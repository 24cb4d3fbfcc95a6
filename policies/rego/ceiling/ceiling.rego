# METADATA
# title: Role ceiling
# description: |
#   What a role may see at most, whatever the purpose: a set of classes. Restricted narrative (DM6) only by the owner's
#   approval, and only for a role that reaches detail (DM5).
package mash.ceiling

import data.mash.classes

# METADATA
# description: The classes that the role reaches for the purpose, sorted.
# custom:
#   group: reached
#   reads: [role, purpose]
default reached(_) := []

reached(key) := sort([class | some class, _ in data.book.ceilings[key.role].by[key.purpose]]) if {
	data.book.ceilings[key.role].by[key.purpose]
} else := sort([class | some class, _ in data.book.ceilings[key.role].any])

# METADATA
# description: Whether the role sees records of its own organisation only.
# custom:
#   group: own_only
#   reads: [role]
default own_only(_) := true

own_only(key) := data.book.ceilings[key.role].own_only

# METADATA
# description: What the rule says - class to finding.
# custom:
#   factor: ceiling
#   reads: [own, own_only, approved, reached, reviewed]
of(key) := {} if {
	# A subject's own request: the reviewer's role is not the reader's.
	key.reviewed
} else := beyond(key) if {
	key.own == true
} else := everything if {
	key.own_only
} else := beyond(key) if {
	# The owner's approval opens narrative for a partner as it is open to the owner's own.
	key.approved
} else := object.union(beyond(key), {class: finding |
	finding := {"rule": "ceiling", "effect": 2, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": ["owner-approval"], "tasks": []}
	some class in narrative(key)
})

# What the role does not reach at all; of its own records too.
beyond(key) := {class: refusal[class] |
	some class in ((classes.all - within(key)) - narrative(key))
}

# Whoever reaches a class may have a source asked; a role that is given numbers alone may not.
within(key) := given | classes.questions if {
	given := {class | some class in key.reached}
	given - {classes.numbers} != set()
} else := {class | some class in key.reached}

narrative(key) := {"DM6"} if {
	"DM5" in key.reached
} else := set()

everything := {class: refusal[class] | some class in classes.all}

refusal := {class: what_of(class) | some class in classes.all}

what_of(class) := commercial if {
	class == "DM8"
} else := refused

refused := {"rule": "ceiling", "effect": 3, "silent": false, "code": "ROLE_NOT_PERMITTED", "how": {}, "missing": [], "tasks": []}

commercial := {"rule": "ceiling", "effect": 3, "silent": false, "code": "COMMERCIAL", "how": {}, "missing": [], "tasks": []}
