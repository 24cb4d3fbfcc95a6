package mash.main_test

import data.mash.fixtures_test as f
import data.mash.main

row(context, more, classes) := found if {
	question := object.union(f.question(context, [more]), {"classes": classes})
	answer := main.answer with input as question with data.book as f.book
	found := answer.cells[0]
}

cell(context, more, class) := row(context, more, [class])[0]

test_a_plain_release_is_short if cell({}, {"labels": [], "paper": "LAPSED"}, "DM0") == {"effect": "release"}

test_own_owes_nothing if cell({}, {"own": true}, "DM0") == {"effect": "release"}

test_an_obligation_goes_with_a_release if {
	cell({}, {}, "DM0") == {"effect": "release", "obligations": ["DELAU"]}
	not cell({}, {"conflict": true}, "DM0").obligations
}

test_the_most_restrictive_wins if {
	cell({}, {"labels": ["ASKED"]}, "DM4").effect == "withhold"
	cell({}, {"labels": ["ASKED"]}, "DM4").code == "ROLE_NOT_PERMITTED"
}

test_silence_beats_everything if {
	found := cell({}, {"labels": ["TAKEN"], "conflict": true}, "DM4")
	found == {"effect": "withhold", "code": "TAKEN", "visibility": "silent"}
}

test_the_first_in_rule_order_is_recorded_and_the_most_impersonal_shown if {
	found := cell({"purpose": "C-SCREEN"}, {"harm_link": true, "paper": "CURRENT"}, "DM4")
	found.code == "HARM_LOCATION"
	found.shown_as == "CONSENT_REQUIRED"
}

test_what_would_itself_disclose_is_shown_as_restricted if {
	cell({}, {"harm_link": true, "own": true}, "DM5").shown_as == "RESTRICTED"
}

test_generalisings_combine_by_the_coarser_level if {
	one := {"effect": 1, "how": {"date": "month"}, "rule": "matrix", "code": "MINIMISATION", "silent": false, "missing": [], "tasks": []}
	other := {"effect": 1, "how": {"date": "year", "code": "kind"}, "rule": "harm", "code": "HARM_LOCATION", "silent": false, "missing": [], "tasks": []}
	found := main.composed([one, other], []) with data.book as f.book
	found.how == {"date": "year", "code": "kind"}
	found.code == "HARM_LOCATION"
	found.shown_as == "MINIMISATION"
}

test_tasks_stay_with_a_silent_cell if {
	finding := {"effect": 3, "how": {}, "rule": "sensitivity", "code": "MINIMISATION", "silent": true, "missing": [], "tasks": ["owner-consider"]}
	main.composed([finding], ["DELAU"]) == {
		"effect": "withhold", "code": "MINIMISATION", "visibility": "silent", "tasks": ["owner-consider"],
	} with data.book as f.book
}

test_the_two_questions_are_decided_before_the_records_are_known if {
	unknown := {
		"labels": ["NOT_YET"], "confidentiality": "NOT_YET", "currency": "NOT_YET", "event_age": "NOT_YET",
		"item_share": "NOT_YET", "value": "NOT_YET", "adoption": "NOT_YET", "harm_link": "NOT_YET",
	}
	found := row({}, unknown, ["ASK", "QUERY", "DM0"])
	found[0].effect == "release"
	found[1].effect == "release"
	found[2].visibility == "silent"
}

test_a_profile_that_cannot_be_read_has_no_row if {
	question := object.union(f.question({}, []), {"profiles": [7, f.profile({}), null, {}]})
	answer := main.answer with input as question with data.book as f.book
	answer.cells[0] == null
	answer.cells[2] == null
	count(answer.cells) == 4
	answer.cells[1][0].effect == "release"
	{one.effect | some one in answer.cells[3]} == {"withhold"}
}

test_usual_and_unusual_profiles_are_decided_alike if {
	every class in ["DM0", "DM1", "DM4", "DM5", "DM8", "NEW", "ASK"] {
		every own in [true, false] {
			every subject in ["case-child", "other"] {
				usual := f.profile({"own": own, "subject": subject})
				factors := array.concat([data.mash.matrix.of(usual), data.mash.ceiling.of(usual)], main.restrictions(usual)) with input as object.union(f.question({}, []), {"classes": [class]})
					with data.book as f.book
				slow := main.composed([finding | some factor in factors; finding := factor[class]], data.mash.obligations.of(usual)) with data.book as f.book
				slow == cell({}, {"own": own, "subject": subject}, class)
			}
		}
	}
}
