# METADATA
# title: The answer to one question
# description: |
#   For every profile its key is worked out, and every rule is evaluated over it; each answers what it takes away, class by class. The most restrictive effect wins;
#   two generalisings combine by the coarser level of each axis; a cell is silent if any rule that withholds it is. A profile
#   that a rule cannot read has no row: whoever asked takes it as withheld.
package mash.main

import data.mash.ask
import data.mash.ceiling
import data.mash.channel
import data.mash.classes
import data.mash.confidentiality
import data.mash.conflict
import data.mash.consent
import data.mash.currency
import data.mash.harm
import data.mash.identity
import data.mash.isa
import data.mash.item_share
import data.mash.keys
import data.mash.matrix
import data.mash.objection
import data.mash.obligations
import data.mash.owner_decision
import data.mash.relationship
import data.mash.role_purpose
import data.mash.sensitivity
import data.mash.statutory_bar

# METADATA
# title: The one query
# description: |
#   {revision, warnings, cells}: cells by position of profile and class.
# entrypoint: true
answer := {
	"revision": data.book.revision,
	"warnings": sort({code | some key in found; some code in isa.warnings(key)}),
	"cells": [row(key, profiles[place]) | some place, key in found],
}

# A key for each profile, once; null for what is no profile.
found := [key(profile) | some profile in profiles]

default profiles := []

profiles := input.profiles if is_array(input.profiles)

default key(_) := null

key(profile) := keys.of(profile) if is_object(profile)

default row(_, _) := null

row(key, profile) := [composed([finding | some factor in factors; finding := factor[classes.slot(class)]], owed) |
	some class in input.classes
] if {
	is_object(key)
	factors := restrictions(key, profile)
	owed := obligations.of(key)
}

# What every rule takes away, where it takes anything.
restrictions(key, profile) := [taken |
	some taken in array.concat(
		[
			matrix.of(key),
			ceiling.of(key),
			isa.of(key),
			role_purpose.of(key),
			conflict.of(key),
			identity.of(key),
			relationship.of(key),
			statutory_bar.of(key),
			harm.of(key),
			agreement(key, profile),
			objection.of(key),
			item_share.of(key),
			confidentiality.of(key),
			owner_decision.of(key),
			currency.of(key),
			currency.of_value(key),
			channel.of(key),
			ask.of(key),
		],
		by_label(key, profile),
	)
	taken != {}
]

by_label(key, profile) := [taken |
	some label in keys.labels(profile)
	labelled := keys.for_label(key, label)
	some taken in [statutory_bar.of_label(labelled), sensitivity.of(labelled), channel.of_label(labelled)]
]

# Agreement may be limited to classes: it is read class by class where any are named.
agreement(key, profile) := consent.of(object.union(key, {"agreed_class": false})) if {
	keys.agreed_words(profile) == []
} else := {class: finding |
	words := keys.agreed_words(profile)
	some class in classes.all
	finding := consent.of(keys.for_class(key, words, class))[class]
}

# METADATA
# description: The factors in the order in which their findings are put together; it counts only where two have one rule's name.
order := [
	"matrix", "ceiling", "isa", "role_purpose", "conflict", "identity", "relationship", "adoption", "harm", "consent", "objection",
	"item_share", "confidentiality", "owner_decision", "currency", "value", "channel", "ask", "statutory_bar", "sensitivity",
	"channel_label",
]

# METADATA
# description: The effects, from the least to the most restrictive; a finding names its place here.
effects := ["release", "generalise", "ask-owner", "withhold"]

# METADATA
# description: |
#   The cell of a list of findings; null where they cannot be composed. Members that are empty are left out, so that an answer
#   of many plain releases is short; what is not released always says whether it is shown or silent.
default composed(_, _) := null

composed([], owed) := plain(owed)

composed(findings, owed) := found if {
	count(findings) > 0
	worst := max([finding.effect | some finding in findings])
	telling := [finding | some finding in findings; finding.effect == worst]
	silent := [finding | some finding in telling; finding.silent]
	found := object.union(told(worst, telling, silent, owed), to_do({task | some finding in findings; some task in finding.tasks}))
}

plain([]) := {"effect": "release"}

plain(owed) := {"effect": "release", "obligations": owed} if count(owed) > 0

to_do(tasks) := {} if {
	count(tasks) == 0
} else := {"tasks": sort(tasks)}

told(0, _, _, owed) := plain(owed)

# A generaliser never marks: whatever made it coarser, the reason shown is the same.
told(1, telling, _, owed) := object.union(plain(owed), {
	"effect": "generalise",
	"how": coarsest(telling),
	"code": first(recorded_at, telling).code,
	"shown_as": "MINIMISATION",
})

told(worst, _, silent, _) := {"effect": effects[worst], "code": first(recorded_at, silent).code, "visibility": "silent"} if {
	worst > 1
	count(silent) > 0
}

told(worst, telling, [], _) := object.union(found, missing(shown.missing)) if {
	worst > 1
	shown := first(shown_at, telling)
	found := {
		"effect": effects[worst], "code": first(recorded_at, telling).code,
		"shown_as": data.book.shown_as[shown.code], "visibility": "shown",
	}
}

missing([]) := {}

missing(words) := {"missing": words} if count(words) > 0

coarsest(telling) := telling[0].how if count(telling) == 1

coarsest(telling) := {axis: level |
	some finding in telling
	some axis, _ in finding.how
	ranks := data.book.axes[axis]
	level := max([[ranks[other.how[axis]], other.how[axis]] | some other in telling])[1]
} if {
	count(telling) > 1
}

first(_, found) := found[0] if count(found) == 1

first(order, found) := found[min([[order[one.rule], place] | some place, one in found])[1]] if count(found) > 1

# METADATA
# description: The order in which the rules stand - it only says which code is recorded.
recorded_at := {
	"isa": 0, "role_purpose": 1, "conflict": 2, "identity": 3, "relationship": 4, "statutory_bar": 5, "harm": 6,
	"sensitivity": 7, "consent": 8, "objection": 9, "item_share": 10, "matrix": 11, "ceiling": 12, "confidentiality": 13,
	"owner_decision": 14, "currency": 15, "channel": 16, "ask": 17,
}

# METADATA
# description: The most impersonal reason first - it is the one that is shown.
shown_at := {
	"isa": 0, "role_purpose": 1, "consent": 2, "matrix": 3, "ceiling": 4, "currency": 5, "channel": 6, "identity": 7,
	"relationship": 8, "conflict": 9, "objection": 10, "owner_decision": 11, "confidentiality": 12, "item_share": 13,
	"harm": 14, "statutory_bar": 15, "sensitivity": 16, "ask": 17,
}
