package mash.keys_test

import data.mash.fixtures_test as f
import data.mash.keys

test_words_flags_and_the_day_are_kept if {
	found := f.key({}, {})
	found.role == "SW-CHILD"
	found.own == false
	found.on == "2026-11-23"
	found.labels_listed == true
}

wrong := [null, 7, "SOMETHING", "", [], ["MATCH"], {}, {"a": 1}]

test_whatever_is_no_word_is_any_other if {
	every value in wrong {
		f.key({"role": value}, {}).role == "ANY_OTHER"
		f.key({"opened_by_asker": value}, {}).opened_by_asker == "ANY_OTHER"
		f.key({}, {"identity": value}).identity == "ANY_OTHER"
		f.key({}, {"own": value}).own == "ANY_OTHER"
	}
	f.key({}, {"identity": true}).identity == "ANY_OTHER"
	f.key({}, {"own": "true"}).own == "ANY_OTHER"
}

test_what_is_missing_is_any_other if {
	found := keys.of({}) with input as {} with data.book as f.book
	found.role == "ANY_OTHER"
	found.on == "ANY_OTHER"
	found.own == "ANY_OTHER"
	found.labels_listed == "ANY_OTHER"
	found.risk == false
	odd := keys.of({}) with input as {"context": "SW-CHILD"} with data.book as f.book
	odd == found
}

test_a_day_has_a_days_form if {
	every day in ["", "2026-11-23T", "1800-01-01", "9999-01-01", 20261123, null, ["2026-11-23"], "2026"] {
		f.key({"on": day}, {}).on == "ANY_OTHER"
	}
}

test_lists_are_words_in_their_order if {
	keys.labels(f.profile({"labels": ["TAKEN", "SOMETHING", 7, "ASKED"]})) == ["TAKEN", "ANY_OTHER", "ANY_OTHER", "ASKED"] with data.book as f.book
	keys.labels(f.profile({"labels": "TAKEN"})) == [] with data.book as f.book
	f.key({}, {"labels": "TAKEN"}).labels_listed == "ANY_OTHER"
	keys.agreed_words(f.profile({"agreed_to": ["DM0", "NEW"]})) == ["DM0", "ANY_OTHER"] with data.book as f.book
}

test_a_group_over_a_list_holds_if_it_is_true_of_any if {
	f.key({"evidence": ["referral", "perceived-risk"]}, {}).risk == true
	f.key({"evidence": ["referral"]}, {}).risk == false
	f.key({"evidence": "perceived-risk"}, {}).risk == false
	f.key({}, {"labels": ["TAKEN", "L:EOL"]}).end_of_life == true
	f.key({}, {"labels": ["TAKEN"]}).end_of_life == false
	f.key({}, {"labels": []}).labelled == false
}

test_the_key_of_a_label_and_of_a_class if {
	found := f.label_key({}, {}, "TAKEN")
	found.label == "TAKEN"
	found.label_read == "yes"
	found.label_says.DM4.silent
	of_class := keys.for_class(f.key({}, {}), ["DM0"], "DM0") with data.book as f.book
	of_class.agreed_class
	of_other := keys.for_class(f.key({}, {}), ["DM0"], "DM1") with data.book as f.book
	of_other.agreed_class == false
}

test_a_day_is_within_its_form if {
	every value in ["1900-00-00", "9999-00-00", "2026-11-2", "2026-11-233", 2026112300, ["2", "0", "2", "6", "-", "1", "1", "-", "2", "3"]] {
		f.key({"on": value}, {}).on == "ANY_OTHER"
	}
}
