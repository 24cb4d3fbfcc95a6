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

# Each rule takes part: what it alone refuses of a profile that is otherwise released.
test_each_rule_takes_part if {
	every row in [
		[{"paper": "SUSPENDED"}, "DM0", "PARTNER_SUSPENDED"],
		[{"conflict": true}, "DM0", "CONFLICT_OF_INTEREST"],
		[{"identity": "ANY_OTHER"}, "DM0", "IDENTITY_NOT_CONFIRMED"],
		[{"relationship": "none"}, "DM0", "NO_RELATIONSHIP"],
		[{"labels": ["L:GRA"]}, "DM0", "STATUTORY_BAR"],
		[{"labels": ["SOMETHING"]}, "DM0", "SENSITIVE_CATEGORY"],
		[{"confidentiality": "V"}, "DM0", "OWNER_APPROVAL"],
		[{"owner_decision": "harm"}, "DM0", "HARM_DISCLOSURE"],
		[{"currency": "SUPERSEDED"}, "DM0", "NOT_CURRENT"],
		[{"value": "unknown-code", "own": true}, "DM5", "UNKNOWN_CODE"],
		[{"harm_link": true, "own": true}, "DM5", "HARM_LOCATION"],
		[{"source_concern": true}, "ASK", "HARM_DISCLOSURE"],
		[{}, "DM8", "COMMERCIAL"],
		[{}, "DM9", "MINIMISATION"],
		[{"own": true}, "DM9", "ROLE_NOT_PERMITTED"],
	] {
		everything := object.union(f.book, {"shown_as": {row[2]: row[2]}})
		question := object.union(f.question({}, [row[0]]), {"classes": [row[1]]})
		answer := main.answer with input as question with data.book as everything
		answer.cells[0][0].code == row[2]
	}
	every row in [
		[{"role": "LADO"}, {}, "DM0", "PURPOSE_NOT_PERMITTED"],
		[{"channel": "post"}, {}, "DM0", "MINIMISATION"],
		[{"purpose": "FAM-OVERVIEW"}, {}, "DM0", "CONSENT_REQUIRED"],
		[{"purpose": "FAM-OVERVIEW"}, {"agreement": "AGREED", "objection": "OBJECTED"}, "DM0", "OBJECTION"],
		[{"purpose": "TREAT"}, {"labels": ["L:EOL"], "item_share": "REFUSED", "relationship": "caseload"}, "DM5", "OBJECTION"],
	] {
		everything := object.union(f.book, {"shown_as": {row[3]: row[3]}})
		question := object.union(f.question(row[0], [row[1]]), {"classes": [row[2]]})
		answer := main.answer with input as question with data.book as everything
		answer.cells[0][0].code == row[3]
	}
}

test_what_own_only_panels_and_broad_purposes_read_is_read if {
	cell({"role": "ADOPTION-WORKER"}, {}, "DM0").effect == "withhold"
	cell({"purpose": "MARAC"}, {}, "DM0").effect == "withhold"
	cell({"purpose": "MARAC"}, {"subject": "case-adult"}, "DM0").effect == "release"
	cell({"purpose": "FAM-OVERVIEW"}, {"agreement": "AGREED"}, "DM0").effect == "generalise"
	cell({}, {"owner_decision": "approved"}, "DM5").effect == "release"
}

test_profiles_that_are_no_list_have_no_row if {
	every profiles in [{"a": f.profile({})}, "profiles", null, 7] {
		found := main.answer with input as {"context": {}, "profiles": profiles, "classes": ["DM0"]} with data.book as f.book
		found.cells == []
	}
}

test_profiles_that_are_no_list_raise_no_warning if {
	question := f.question({}, [])
	going_on := f.profile({"paper": "LAPSED", "paper_defect": "ENDED"})
	listed := main.answer with input as object.union(question, {"profiles": [going_on]}) with data.book as f.book
	listed.warnings != []
	found := main.answer with input as object.union(question, {"profiles": {"a": going_on}}) with data.book as f.book
	found.warnings == []
}

test_only_what_is_kept_back_is_silent if {
	coarser := {"effect": 1, "how": {"date": "year"}, "rule": "harm", "code": "MINIMISATION", "silent": true, "missing": [], "tasks": []}
	found := main.composed([coarser], []) with data.book as f.book
	found == {"effect": "generalise", "how": {"date": "year"}, "code": "MINIMISATION", "shown_as": "MINIMISATION"}
	nothing := main.composed([object.union(coarser, {"effect": 0})], []) with data.book as f.book
	nothing == {"effect": "release"}
}
