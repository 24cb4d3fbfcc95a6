# METADATA
# title: Confidentiality
# description: |
#   A record marked very restricted goes to a partner only with its owner's approval, each time. Restricted (R) takes nothing
#   away here: it keeps the person out of searches by location.
package mash.confidentiality

import data.mash.classes

# METADATA
# description: What the rule says - class to finding.
# custom:
#   factor: confidentiality
#   reads: [own, confidentiality, approved]
of(key) := {} if {
	key.confidentiality in {"U", "L", "M", "N", "R"}
} else := {} if {
	key.own == true
} else := {} if {
	key.approved
} else := owner

owner := {class: finding |
	finding := {"rule": "confidentiality", "effect": 2, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": ["owner-approval"], "tasks": []}
	some class in classes.fields
}
