# METADATA
# title: Confidentiality
# description: |
#   A record marked very restricted goes to a partner only with its owner's approval, each time. Restricted (R) takes nothing
#   away here: it keeps the person out of searches by location.
#   Reads: confidentiality, own, owner's decision.
package mash.confidentiality

import data.mash.situation

# METADATA
# description: What the rule says of a profile - class to finding.
of(profile) := {} if {
	profile.confidentiality in {"U", "L", "M", "N", "R"}
} else := {} if {
	profile.own == true
} else := {} if {
	profile.owner_decision == "approved"
} else := owner

owner := {class: finding |
	finding := {"rule": "confidentiality", "effect": 2, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": ["owner-approval"], "tasks": []}
	some class in situation.fields
}
