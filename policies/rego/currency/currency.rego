# METADATA
# title: Currency and lookback
# description: |
#   What its publisher replaced or withdrew, and what ended before the period that the purpose looks back over, is left out
#   without a word. A code that the hub does not know is never shown as a decision. One's own records are read alike.
package mash.currency

import data.mash.classes

# METADATA
# description: |
#   Whether the purpose looks back as far as the event lies. A purpose without a limit sees every bucket that there is.
# custom:
#   group: looked_back_to
#   reads: [purpose, event_age]
default looked_back_to(_) := false

looked_back_to(key) if key.event_age in object.get(data.book.lookback.limits, key.purpose, data.book.lookback.known)

# METADATA
# description: What the rule says of a record's currency and age - class to finding.
# custom:
#   factor: currency
#   reads: [currency, looked_back_to]
of(key) := {} if {
	key.currency == "CURRENT"
	key.looked_back_to
} else := overdue if {
	key.currency == "REVIEW_OVERDUE"
	key.looked_back_to
} else := too_old if {
	key.currency in {"CURRENT", "REVIEW_OVERDUE"}
} else := not_current

# METADATA
# description: What the rule says of a value in a code that nobody knows - class to finding.
# custom:
#   factor: value
#   reads: [value]
of_value(key) := {} if {
	key.value == "known"
} else := unknown_code

not_current := {class: finding |
	finding := {"rule": "currency", "effect": 3, "silent": true, "code": "NOT_CURRENT", "how": {}, "missing": [], "tasks": []}
	some class in classes.fields
}

too_old := {class: finding |
	finding := {"rule": "currency", "effect": 3, "silent": true, "code": "LOOKBACK", "how": {}, "missing": [], "tasks": []}
	some class in classes.fields
}

unknown_code := {class: finding |
	finding := {
		"rule": "currency", "effect": 3, "silent": false, "code": "UNKNOWN_CODE",
		"how": {}, "missing": [], "tasks": ["publisher-mend-code"],
	}
	some class in (classes.fields - {"DM0", "DM0p", "DM1", "DM1i", "DM2"})
}

# Released all the same: for a decision about resuscitation the date is a review date, not an end.
overdue := {class: finding |
	finding := {
		"rule": "currency", "effect": 0, "silent": false, "code": "",
		"how": {}, "missing": [], "tasks": ["publisher-review"],
	}
	some class in classes.fields
}
