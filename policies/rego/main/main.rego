# METADATA
# title: The answer to one question
# description: |
#   Every rule is evaluated for every profile and class. The most restrictive effect wins; two generalisings combine by the
#   coarser level of each axis; a cell is silent if any rule that withholds it is. A profile that cannot be read has no row, and
#   a cell that cannot be decided is null: whoever asked takes both as withheld.
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

row(profile) := [cell |
	some class in input.classes
	cell := decided(profile, known, class)
] if {
	is_object(profile)
	known := {
		"wide": wide(profile),
		"grants": isa.grants(profile),
		"tables": sensitivity.tables(profile),
		"coarse": matrix.adult_service(profile),
		"item": item_share.reads(profile),
		"owed": obligations.owed(profile),
	}
}

# What does not depend on the class.
wide(profile) := [found |
	some found in [
		role_purpose.finding,
		conflict.of(profile),
		relationship.of(profile),
		owner_decision.of(profile),
	]
	found != null
]

default decided(_, _, _) := null

decided(profile, known, class) := composed(findings, known.owed) if {
	not class in situation.questions
	findings := array.concat(
		array.concat(known.wide, sensitivity.of(profile, known.tables, class)),
		[found |
			some found in [
				isa.of(profile, known.grants, class),
				identity.of(profile, class),
				statutory_bar.of(profile, class),
				harm.of(profile, class),
				consent.of(profile, class),
				objection.of(profile, class),
				item_share.of(known.item, class),
				matrix.of(profile, known.coarse, class),
				ceiling.of(profile, class),
				confidentiality.of(profile),
				currency.of(profile),
				currency.of_value(profile, class),
				channel.of(profile, class),
			]
			found != null
		],
	)
}

# What only the records can tell is not known yet, and these rules do not read it.
decided(profile, known, class) := composed(findings, []) if {
	class in situation.questions
	findings := array.concat(known.wide, [found |
		some found in [
			isa.of(profile, known.grants, class),
			identity.of(profile, class),
			statutory_bar.of(profile, class),
			consent.of(profile, class),
			objection.of(profile, class),
			matrix.of(profile, known.coarse, class),
			ceiling.of(profile, class),
			ask.of(profile),
		]
		found != null
	])
}

effects := ["release", "generalise", "ask-owner", "withhold"]

# METADATA
# description: The cell of a list of findings.
composed(findings, owed) := plain(owed) if {
	count(findings) == 0
} else := cell if {
	worst := max([found.effect | some found in findings])
	telling := [found | some found in findings; found.effect == worst]
	silent := [found | some found in telling; found.silent]
	recorded := first(recorded_at, [telling, silent][min([1, count(silent)])])
	cell := told(effects[worst], telling, recorded.code, count(silent) > 0, owed, tasks(findings))
}

plain(owed) := {
	"effect": "release", "how": {}, "code": "", "shown_as": "", "visibility": "shown",
	"missing": [], "obligations": owed, "tasks": [],
}

told(effect, _, code, true, _, todo) := {
	"effect": effect, "how": {}, "code": code, "shown_as": "", "visibility": "silent",
	"missing": [], "obligations": [], "tasks": todo,
}

told("release", _, _, false, owed, todo) := object.union(plain(owed), {"tasks": todo})

# A generaliser never marks: whatever made it coarser, the reason shown is the same.
told("generalise", telling, code, false, owed, todo) := {
	"effect": "generalise", "how": coarsest(telling), "code": code, "shown_as": "MINIMISATION", "visibility": "shown",
	"missing": [], "obligations": owed, "tasks": todo,
}

told(effect, telling, code, false, _, todo) := {
	"effect": effect, "how": {}, "code": code, "shown_as": data.book.shown_as[shown.code], "visibility": "shown",
	"missing": shown.missing, "obligations": [], "tasks": todo,
} if {
	effect in {"ask-owner", "withhold"}
	shown := first(shown_at, telling)
}

tasks(findings) := sort({task | some found in findings; some task in found.tasks})

coarsest(telling) := {axis: level |
	some found in telling
	some axis, _ in found.how
	ranks := data.book.axes[axis]
	levels := [[ranks[other.how[axis]], other.how[axis]] | some other in telling]
	level := max(levels)[1]
}

first(order, found) := found[min([[order[one.rule], place] | some place, one in found])[1]]

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
