# METADATA
# title: Owner's decision
# description: |
#   What the organisation that holds a record decided when it was asked for this case. An approval opens nothing here: it is an
#   input of the rules that asked. A refusal withholds, and so does a decision that nobody knows.
#   Reads: owner's decision.
# related_resources:
# - ref: Children Act 2004 section 16LA(3)
package mash.owner_decision

import data.mash.situation

# METADATA
# description: What the rule says of a profile - class to finding.
of(profile) := {} if {
	profile.owner_decision in {"none", "approved"}
} else := throughout({"rule": "owner_decision", "effect": 3, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": [], "tasks": []}) if {
	profile.owner_decision == "refused"
} else := throughout({"rule": "owner_decision", "effect": 3, "silent": false, "code": "DETRIMENT_16LA3", "how": {}, "missing": [], "tasks": []}) if {
	profile.owner_decision == "detriment"
} else := throughout({"rule": "owner_decision", "effect": 3, "silent": false, "code": "HARM_DISCLOSURE", "how": {}, "missing": [], "tasks": []})

throughout(finding) := {class: finding | some class in situation.fields}
