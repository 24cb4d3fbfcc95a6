# METADATA
# title: Whether to ask
# description: |
#   Before anything is gathered: may this source be asked about this person (ASK), and may it be sent the number and the date of
#   birth (QUERY)? A source that is itself of concern, or whose staff is, is not asked, and nothing says so.
package mash.ask

import data.mash.classes

# METADATA
# description: What the rule says - class to finding.
# custom:
#   factor: ask
#   reads: [source_concern]
of(key) := {} if {
	key.source_concern == false
} else := unasked

unasked := {class: finding |
	finding := {"rule": "ask", "effect": 3, "silent": true, "code": "HARM_DISCLOSURE", "how": {}, "missing": [], "tasks": []}
	some class in classes.questions
}
