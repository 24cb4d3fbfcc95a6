# METADATA
# title: Owner's decision
# description: |
#   What the organisation that holds a record decided when it was asked for this case. An approval opens nothing here: it is an
#   input of the rules that asked. A refusal withholds, and so does a decision that nobody knows; a source that refused all it holds
#   of somebody is not asked either. What an organisation keeps back from others it keeps reading itself.
# related_resources:
# - ref: Children Act 2004 section 16LA(3)
package mash.owner_decision

import data.mash.classes

# METADATA
# description: What the rule says - class to finding.
# custom:
#   factor: owner_decision
#   reads: [own, owner_decision]
of(key) := {} if {
	key.own == true
} else := {} if {
	key.owner_decision in {"none", "approved", "disclose"}
} else := throughout({"rule": "owner_decision", "effect": 3, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": [], "tasks": []}) if {
	key.owner_decision == "refused"
} else := throughout({"rule": "owner_decision", "effect": 3, "silent": false, "code": "DETRIMENT_16LA3", "how": {}, "missing": [], "tasks": []}) if {
	key.owner_decision == "detriment"
} else := throughout({"rule": "owner_decision", "effect": 3, "silent": false, "code": "HARM_DISCLOSURE", "how": {}, "missing": [], "tasks": []})

throughout(finding) := {class: finding | some class in classes.all}
