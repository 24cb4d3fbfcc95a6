package mash.groups_test

import data.mash.fixtures_test as f

column(context) := found if {
	found := f.key(context, {}).column
}

test_the_column_of_a_purpose if {
	column({}) == "A"
	column({"purpose": "TREAT"}) == "B"
	column({"purpose": "FAM-OVERVIEW"}) == "C"
	column({"purpose": "C-SCREEN"}) == "C"
	column({"purpose": "C-SCREEN", "evidence": ["perceived-risk"]}) == "A"

	# A contact alone is no recorded risk.
	column({"purpose": "C-SCREEN", "evidence": ["referral"]}) == "C"
	column({"purpose": "SOMETHING"}) == "C"
}

decides(context) := found if {
	found := f.key(context, {}).decision_maker
}

test_who_is_the_decision_maker if {
	decides({"role": "SW-TEAM-MGR"})
	decides({"role": "SW-EDT", "opened_by_asker": true})
	decides({"role": "SW-EDT"}) == false
	decides({"role": "SW-CHILD", "opened_by_asker": true}) == false
}

test_a_column_that_is_none_is_the_strictest if {
	odd := object.union(f.book, {"purposes": {"ODD": {"sensitivity_column": "D"}}})
	f.key_in(odd, {"purpose": "ODD", "evidence": ["perceived-risk"]}, {}).column == "C"
}

test_only_an_approval_approves if {
	f.key({}, {"owner_decision": "approved"}).approved
	every decision in ["none", "refused", "detriment", "harm", "ANY_OTHER", null] {
		f.key({}, {"owner_decision": decision}).approved == false
	}
}

duty(context, more) := found if {
	found := f.key_in(f.with_a_duty, context, more).holder_decides
}

test_how_far_the_holders_decision_has_come if {
	duty({}, {}) == "to-decide"
	duty({}, {"owner_decision": "disclose"}) == "disclosed"
	duty({}, {"owner_decision": "approved"}) == "disclosed"
	every decision in ["refused", "detriment", "harm", "ANY_OTHER", null] {
		duty({}, {"owner_decision": decision}) == "kept-back"
	}
	duty({"on": "2026-11-22"}, {"owner_decision": "disclose"}) == "none"
	duty({}, {"source_organisation": "hospice"}) == "none"
	duty({"purpose": "TREAT"}, {}) == "none"
	f.key({}, {}).holder_decides == "none"
}
