# METADATA
# title: Channel
# description: |
#   What may be read inside the hub may not all leave it. A safe address never stands in a product, a notice, on paper, or in the
#   draft of an answer to a subject's own request; no notice and no such draft tells of honour-based abuse; intelligence, informants
#   and court papers never leave the room, approved for it or not. Of a partner's records a product names the service, whom to ring
#   and who it is about; more by the owner's approval.
# related_resources:
# - ref: Metropolitan Police Authority report on multi-agency safeguarding hubs, 7 July 2011
package mash.channel

import data.mash.classes

# METADATA
# description: What the rule says of the channel alone - class to finding.
# custom:
#   factor: channel
#   reads: [channel, own, approved]
of(key) := product if {
	key.channel == "product"
	key.own != true
	not key.approved
} else := {} if {
	key.channel in {"view", "product", "notice", "print", "review"}
} else := unknown

# METADATA
# description: What the rule says of one label - class to finding.
# custom:
#   factor: channel_label
#   each: labels
#   reads: [channel, label]
of_label(key) := {} if {
	not key.channel in {"product", "notice", "print", "review"}
} else := unsaid if {
	key.channel in {"notice", "review"}
	key.label == "L:HBA"
} else := unsaid if {
	data.book.labels[key.label].room_only
} else := location if {
	data.book.labels[key.label].location
} else := {}

product := {class: finding |
	finding := {"rule": "channel", "effect": 2, "silent": false, "code": "OWNER_APPROVAL", "how": {}, "missing": ["owner-approval"], "tasks": []}
	some class in (classes.fields - {"DM0", "DM0p", "DM1"})
}

# Said where harm is said: before the relationship it would tell a stranger that there is an address to hide.
location := {class: finding |
	finding := {"rule": "harm", "effect": 3, "silent": false, "code": "HARM_LOCATION", "how": {}, "missing": [], "tasks": []}
	some class in (classes.fields & {"DM2", "DM9"})
}

unsaid := {class: finding |
	finding := {"rule": "channel", "effect": 3, "silent": true, "code": "SENSITIVE_CATEGORY", "how": {}, "missing": [], "tasks": []}
	some class in classes.fields
}

unknown := {class: finding |
	finding := {"rule": "channel", "effect": 3, "silent": false, "code": "MINIMISATION", "how": {}, "missing": [], "tasks": []}
	some class in classes.fields
}
