# METADATA
# title: Channel
# description: |
#   What may be read inside the hub may not all leave it: a safe address never stands in a product, a notice or on paper, and
#   no notice tells of honour-based abuse.
#   Reads: channel, labels of location, label L:HBA, class.
package mash.channel

# METADATA
# description: What the rule says of one class, or null.
of(profile, class) := null if {
	input.context.channel == "view"
} else := location if {
	input.context.channel in {"product", "notice", "print"}
	class in {"DM2", "DM9"}
	some label in profile.labels
	data.book.labels[label].location
} else := unsaid if {
	input.context.channel == "notice"
	some label in profile.labels
	label == "L:HBA"
} else := null if {
	input.context.channel in {"product", "notice", "print"}
} else := unknown

location := {"rule": "channel", "effect": 3, "silent": false, "code": "HARM_LOCATION", "how": {}, "missing": [], "tasks": []}

unsaid := {"rule": "channel", "effect": 3, "silent": true, "code": "SENSITIVE_CATEGORY", "how": {}, "missing": [], "tasks": []}

unknown := {"rule": "channel", "effect": 3, "silent": false, "code": "MINIMISATION", "how": {}, "missing": [], "tasks": []}
