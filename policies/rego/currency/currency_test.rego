package mash.currency_test

import data.mash.currency
import data.mash.fixtures_test as f

said(context, more) := found if {
	found := currency.of(f.key(context, more)) with data.book as f.book
}

value(more) := f.of_classes(everything, f.classes) if {
	everything := currency.of_value(f.key({}, more)) with data.book as f.book
}

test_what_was_replaced_or_withdrawn_is_left_out_without_a_word if {
	every word in ["SUPERSEDED", "ENTERED_IN_ERROR", "ANY_OTHER", "NOT_YET", null] {
		said({}, {"currency": word, "own": true}).DM0.code == "NOT_CURRENT"
		said({}, {"currency": word}).DM0.silent
	}
	said({}, {}) == {}
}

test_a_passed_review_date_hides_nothing if {
	found := said({}, {"currency": "REVIEW_OVERDUE"}).DM0
	found.effect == 0
	found.tasks == ["publisher-review"]
}

test_what_is_older_than_the_purpose_looks_back_is_left_out if {
	fam := {"purpose": "FAM-OVERVIEW"}
	said(fam, {"event_age": "OVER_5Y"}).DM0.code == "LOOKBACK"
	said(fam, {"event_age": "OVER_5Y", "currency": "REVIEW_OVERDUE"}).DM0.code == "LOOKBACK"
	said(fam, {"event_age": "OPEN"}) == {}
	said({}, {"event_age": "OVER_5Y"}) == {}
}

test_an_age_of_nobodys_is_too_old_for_every_purpose if {
	said({}, {"event_age": "ANY_OTHER"}).DM0.code == "LOOKBACK"
	said({"purpose": "FAM-OVERVIEW"}, {"event_age": null}).DM0.code == "LOOKBACK"
}

test_a_code_of_nobodys_is_not_shown_as_a_decision if {
	every word in ["unknown-code", "ANY_OTHER", null] {
		found := value({"value": word})
		object.keys(found) == {"DM4", "DM5"}
		found.DM4.code == "UNKNOWN_CODE"
		found.DM4.silent == false
	}
	value({}) == {}
}

test_what_is_too_old_is_withheld_without_a_word if {
	found := said({"purpose": "FAM-OVERVIEW"}, {"event_age": "OVER_5Y"}).DM0
	found.effect == 3
	found.silent
}

test_what_is_left_out_is_withheld if {
	said({}, {"currency": "SUPERSEDED"}).DM0.effect == 3
	value({"value": "unknown-code"}).DM4.effect == 3
	said({"purpose": "FAM-OVERVIEW"}, {"event_age": "OVER_5Y"}).DM0.effect == 3
}

test_an_unknown_code_takes_no_pointer_identity_or_place if {
	found := currency.of_value(f.key({}, {"value": "unknown-code"})) with data.book as f.book
	object.keys(found) & {"DM0", "DM0p", "DM1", "DM1i", "DM2"} == set()
	{"DM3", "DM3s", "DM4", "DM4r", "DM5", "DM6"} - object.keys(found) == set()
}
