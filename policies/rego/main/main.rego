# METADATA
# title: The answer to one question
# description: |
#   Every rule is evaluated for every profile; each answers what it takes away, class by class. The most restrictive effect wins;
#   two generalisings combine by the coarser level of each axis; a cell is silent if any rule that withholds it is. A profile
#   that a rule cannot read has no row: whoever asked takes it as withheld.
package mash.main

import data.mash.ask
import data.mash.ceiling
import data.mash.channel
import data.mash.confidentiality
import data.mash.conflict
import data.mash.consent
import data.mash.currency
import data.mash.harm
import data.mash.identity
import data.mash.isa
import data.mash.item_share
import data.mash.matrix
import data.mash.objection
import data.mash.obligations
import data.mash.owner_decision
import data.mash.relationship
import data.mash.role_purpose
import data.mash.sensitivity
import data.mash.situation
import data.mash.statutory_bar

# METADATA
# title: The one query
# description: |
#   {revision, warnings, cells}: cells by position of profile and class.
# entrypoint: true
answer := {
	"revision": data.book.revision,
	"warnings": sort(isa.warnings),
	"cells": [row(profile) | some profile in input.profiles],
}

default row(_) := null

# Most profiles meet no rule but the two that read purpose and role alone, and those are the same for all of them.
row(profile) := cells if {
	is_object(profile)
	others := restrictions(profile)
	owed := obligations.of(profile)
	usual := usual_kind(profile)
	cells := usual_row(usual, others, owed)
} else := cells if {
	is_object(profile)
	owed := obligations.of(profile)
	factors := array.concat([matrix.of(profile), ceiling.of(profile)], restrictions(profile))
	cells := [composed([finding | some factor in factors; finding := factor[class]], owed) |
		some class in input.classes
	]
}

# What every rule but matrix and ceiling takes away, where it takes anything.
restrictions(profile) := [found |
	some found in array.concat(
		[
			isa.of(profile),
			role_purpose.of,
			conflict.of(profile),
			identity.of(profile),
			relationship.of(profile),
			statutory_bar.of(profile),
			harm.of(profile),
			consent.of(profile),
			objection.of(profile),
			item_share.of(profile),
			confidentiality.of(profile),
			owner_decision.of(profile),
			currency.of(profile),
			currency.of_value(profile),
			channel.of(profile),
			ask.of(profile),
		],
		sensitivity.of(profile),
	)
	found != {}
]

usual_kind(profile) := "own" if {
	profile.own == true
	profile.owner_decision == "none"
} else := kind if {
	profile.owner_decision == "none"
	profile.same_place == false
	not ceiling.own_only
	not matrix.panel
	not matrix.adult_service(profile)
	kind := {true: "case-child", false: "other"}[profile.subject == "case-child"]
}

# Kind of profile -> class -> what matrix and ceiling say, and the cell where nothing else does.
usual := {kind: {class: {"findings": findings, "cell": composed(findings, [])} |
	some class in situation.asked_for
	findings := [finding | some factor in factors; finding := factor[class]]
} |
	some kind, factors in {
		"own": [matrix.outside, ceiling.of_own],
		"case-child": [matrix.of_child, ceiling.of_partners],
		"other": [matrix.of_others, ceiling.of_partners],
	}
}

usual_cells := {kind: [cells[class].cell | some class in input.classes] | some kind, cells in usual}

usual_row(kind, [], []) := usual_cells[kind]

usual_row(kind, others, owed) := [composed(array.concat(cells[class].findings, [finding | some factor in others; finding := factor[class]]), owed) |
	cells := usual[kind]
	some class in input.classes
] if {
	count(others) + count(owed) > 0
}

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

# The order in which the rules stand: it only says which code is recorded.
recorded_at := {
	"isa": 0, "role_purpose": 1, "conflict": 2, "identity": 3, "relationship": 4, "statutory_bar": 5, "harm": 6,
	"sensitivity": 7, "consent": 8, "objection": 9, "item_share": 10, "matrix": 11, "ceiling": 12, "confidentiality": 13,
	"owner_decision": 14, "currency": 15, "channel": 16, "ask": 17,
}

# The most impersonal reason first: it is the one that is shown.
shown_at := {
	"isa": 0, "role_purpose": 1, "consent": 2, "matrix": 3, "ceiling": 4, "currency": 5, "channel": 6, "identity": 7,
	"relationship": 8, "conflict": 9, "objection": 10, "owner_decision": 11, "confidentiality": 12, "item_share": 13,
	"harm": 14, "statutory_bar": 15, "sensitivity": 16, "ask": 17,
}
