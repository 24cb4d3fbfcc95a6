package mash.role_purpose_test

import data.mash.fixtures_test as f
import data.mash.role_purpose

said(context) := f.codes(found).DM0 if {
	found := role_purpose.of(f.key(context, {})) with data.book as f.book
}

test_the_table_permits if said({}) == ""

test_what_the_table_does_not_give_is_refused if {
	every context in [
		{"role": "GP"}, {"role": "SOMEBODY"}, {"purpose": "TREAT"}, {"purpose": "SOMETHING"},
		{"case": "LAPSED"}, {"case": "CLOSED"}, {"case": "NOT_MEMBER"}, {"case": "NONE"},
	] {
		said(context) == "PURPOSE_NOT_PERMITTED"
	}
}

test_an_enquiry_rests_on_stated_reasonable_cause if {
	said({"ground": "none"}) == "PURPOSE_NOT_PERMITTED"
	said({"ground": "none", "evidence": ["reasonable-cause"]}) == ""
}

test_a_purpose_may_be_for_one_type_of_asker if {
	said({"role": "SW-ADULT", "purpose": "A-S42"}) == "PURPOSE_NOT_PERMITTED"
	said({"role": "SW-ADULT", "purpose": "A-S42", "organisation_type": "LA-ASC"}) == ""
}

test_a_subjects_own_request_goes_to_a_reviewer if {
	said({"role": "DPO", "purpose": "PATRQT", "case": "NONE"}) == "OWNER_APPROVAL"
}

test_a_purpose_without_a_case_is_open_without_and_with_one if {
	reached := {case |
		some case in ["NONE", "OPEN", "LAPSED", "CLOSED", "NOT_MEMBER", "ANY_OTHER"]
		said({"role": "AUDITOR", "purpose": "HTEST", "case": case}) == ""
	}
	reached == {"NONE", "OPEN"}
}

test_breaking_glass_needs_a_written_reason if {
	said({"role": "GP", "purpose": "BTG", "ground": "urgent"}) == ""
	every ground in ["none", "stated", "ANY_OTHER", null] {
		said({"role": "GP", "purpose": "BTG", "ground": ground}) == "REASON_REQUIRED"
	}
	said({"role": "SW-CHILD", "purpose": "BTG", "ground": "urgent"}) == "PURPOSE_NOT_PERMITTED"

	# No other purpose asks for it.
	said({"role": "GP", "purpose": "TREAT", "ground": "none"}) == ""
}

test_in_the_reviewers_draft_the_rule_is_left_out_and_in_nobody_elses if {
	request := {"role": "DPO", "purpose": "PATRQT", "case": "NONE"}
	said(request) == "OWNER_APPROVAL"
	said(object.union(request, {"channel": "review"})) == ""
	said(object.union(request, {"channel": "review", "role": "SW-CHILD"})) == "PURPOSE_NOT_PERMITTED"
}

test_an_urgent_ground_is_a_stated_one_and_another_kind_of_evidence_is_no_cause if {
	said({"ground": "urgent"}) == ""
	said({"ground": "none", "evidence": ["referral"]}) == "PURPOSE_NOT_PERMITTED"
}

test_no_case_stands_for_a_purpose_of_nobodys if {
	found := role_purpose.case_stands({"purpose": "SOMETHING", "case": "OPEN"}) with data.book as f.book
	found == false
}

test_what_is_refused_is_told_and_what_is_referred_is_put_to_somebody if {
	every row in [
		[{"role": "LADO"}, 3],
		[{"role": "DPO", "purpose": "PATRQT", "case": "NONE"}, 2],
		[{"role": "GP", "purpose": "BTG", "ground": "stated"}, 3],
	] {
		found := role_purpose.of(f.key(row[0], {})) with data.book as f.book
		object.filter(found.DM0, ["effect", "silent"]) == {"effect": row[1], "silent": false}
	}
}
