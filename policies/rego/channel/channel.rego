# METADATA
# title: Channel
# description: |
#   What may be read inside the hub may not all leave it: a safe address never stands in a product, a notice or on paper, and
#   no notice tells of honour-based abuse.
#   Reads: channel, labels of location, label L:HBA, class.
package mash.channel

import data.mash.situation

# METADATA
# description: What the rule says of a profile - class to finding.
of(profile) := {} if {
	input.context.channel == "view"
} else := unknown if {
	not input.context.channel in {"product", "notice", "print"}
} else := unsaid if {
	input.context.channel == "notice"
	some label in profile.labels
	label == "L:HBA"
} else := location if {
	some label in profile.labels
	data.book.labels[label].location
} else := {}

location := {class: finding |
	finding := {"rule": "channel", "effect": 3, "silent": false, "code": "HARM_LOCATION", "how": {}, "missing": [], "tasks": []}
	some class in (situation.fields & {"DM2", "DM9"})
}

unsaid := {class: finding |
	finding := {"rule": "channel", "effect": 3, "silent": true, "code": "SENSITIVE_CATEGORY", "how": {}, "missing": [], "tasks": []}
	some class in situation.fields
}

unknown := {class: finding |
	finding := {"rule": "channel", "effect": 3, "silent": false, "code": "MINIMISATION", "how": {}, "missing": [], "tasks": []}
	some class in situation.fields
}
