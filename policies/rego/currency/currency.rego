# METADATA
# title: Currency and lookback
# description: |
#   What its publisher replaced or withdrew, and what ended before the period that the purpose looks back over, is left out
#   without a word. A code that the hub does not know is never shown as a decision. One's own records are read alike.
#   Reads: currency, event age, value, purpose, class.
package mash.currency

import data.mash.situation

# METADATA
# description: What the rule says of a profile's currency and age - class to finding.
of(profile) := {} if {
	profile.currency == "CURRENT"
	profile.event_age in within
} else := overdue if {
	profile.currency == "REVIEW_OVERDUE"
	profile.event_age in within
} else := too_old if {
	profile.currency in {"CURRENT", "REVIEW_OVERDUE"}
} else := not_current

# METADATA
# description: What the rule says of a value in a code that nobody knows - class to finding.
of_value(profile) := {} if {
	profile.value == "known"
} else := unknown_code

# A purpose without a limit sees every bucket that there is.
within := object.get(data.book.lookback.limits, input.context.purpose, data.book.lookback.known)

not_current := {class: finding |
	finding := {"rule": "currency", "effect": 3, "silent": true, "code": "NOT_CURRENT", "how": {}, "missing": [], "tasks": []}
	some class in situation.fields
}

too_old := {class: finding |
	finding := {"rule": "currency", "effect": 3, "silent": true, "code": "LOOKBACK", "how": {}, "missing": [], "tasks": []}
	some class in situation.fields
}

unknown_code := {class: finding |
	finding := {
		"rule": "currency", "effect": 3, "silent": false, "code": "UNKNOWN_CODE",
		"how": {}, "missing": [], "tasks": ["publisher-mend-code"],
	}
	some class in (situation.fields - {"DM0", "DM0p", "DM1", "DM1i", "DM2"})
}

# Released all the same: for a decision about resuscitation the date is a review date, not an end.
overdue := {class: finding |
	finding := {
		"rule": "currency", "effect": 0, "silent": false, "code": "",
		"how": {}, "missing": [], "tasks": ["publisher-review"],
	}
	some class in situation.fields
}
