# METADATA
# title: Confidentiality
# description: |
#   A record marked very restricted goes to a partner only with its owner's approval, each time. Restricted (R) takes nothing
#   away here: it keeps the person out of searches by location.
#   Reads: confidentiality, own, owner's decision.
package mash.confidentiality

# METADATA
# description: What the rule says of every class of a profile, or null.
of(profile) := null if {
	profile.own == true
} else := null if {
	profile.confidentiality in {"U", "L", "M", "N", "R"}
} else := null if {
	profile.owner_decision == "approved"
} else := owner

owner := {"rule": "confidentiality", "effect": 2, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": ["owner-approval"], "tasks": []}
