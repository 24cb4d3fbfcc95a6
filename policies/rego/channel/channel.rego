# METADATA
# title: Channel
# description: |
#   What may be read inside the hub may not all leave it: a safe address never stands in a product, a notice or on paper, and
#   no notice tells of honour-based abuse.
package mash.channel

import data.mash.classes

# METADATA
# description: What the rule says of the channel alone - class to finding.
# custom:
#   factor: channel
#   reads: [channel]
of(key) := {} if {
	key.channel in {"view", "product", "notice", "print"}
} else := unknown

# METADATA
# description: What the rule says of one label - class to finding.
# custom:
#   factor: channel_label
#   each: labels
#   reads: [channel, label]
of_label(key) := unsaid if {
	key.channel == "notice"
	key.label == "L:HBA"
} else := location if {
	key.channel in {"product", "notice", "print"}
	data.book.labels[key.label].location
} else := {}

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
