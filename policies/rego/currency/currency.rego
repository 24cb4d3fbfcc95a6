# METADATA
# title: Currency and lookback
# description: |
#   What its publisher replaced or withdrew, and what ended before the period that the purpose looks back over, is left out
#   without a word. A code that the hub does not know is never shown as a decision. One's own records are read alike.
#   Reads: currency, event age, value, purpose, class.
package mash.currency

# METADATA
# description: What the rule says of every class of a profile, or null.
of(profile) := null if {
	profile.currency == "CURRENT"
	within(profile)
} else := overdue if {
	profile.currency == "REVIEW_OVERDUE"
	within(profile)
} else := too_old if {
	profile.currency in {"CURRENT", "REVIEW_OVERDUE"}
} else := not_current

# METADATA
# description: What the rule says of a value in a code that nobody knows, for one class.
of_value(profile, class) := null if {
	profile.value == "known"
} else := null if {
	class in {"DM0", "DM0p", "DM1", "DM1i", "DM2"}
} else := unknown_code

# A purpose without a limit sees every bucket that there is.
within(profile) if profile.event_age in object.get(data.book.lookback.limits, input.context.purpose, data.book.lookback.known)

not_current := {"rule": "currency", "effect": 3, "silent": true, "code": "NOT_CURRENT", "how": {}, "missing": [], "tasks": []}

too_old := {"rule": "currency", "effect": 3, "silent": true, "code": "LOOKBACK", "how": {}, "missing": [], "tasks": []}

unknown_code := {
	"rule": "currency", "effect": 3, "silent": false, "code": "UNKNOWN_CODE",
	"how": {}, "missing": [], "tasks": ["publisher-mend-code"],
}

# Released all the same: for a decision about resuscitation the date is a review date, not an end.
overdue := {
	"rule": "currency", "effect": 0, "silent": false, "code": "",
	"how": {}, "missing": [], "tasks": ["publisher-review"],
}
