package mash.statutory_bar_test

import data.mash.fixtures_test as f
import data.mash.keys
import data.mash.statutory_bar

said(context, more) := found if {
	key := f.key(context, more)
	listed := [of_label | some label in keys.labels(f.profile(more)); of_label := statutory_bar.of_label(f.label_key(context, more, label))]
		with data.book as f.book
	of_time := statutory_bar.of(key) with data.book as f.book
	found := object.union_n(array.concat([of_time], listed))
}

test_a_plain_record_is_not_barred if said({}, {}) == {}

test_a_bar_is_silent_for_everybody_and_every_class if {
	every own in [true, false] {
		found := said({}, {"labels": ["L:GRA"], "own": own})
		every class in f.classes {
			found[class].silent
			found[class].effect == 3
		}
	}
}

test_the_agency_keeps_its_own_link if {
	said({"role": "ADOPTION-WORKER"}, {"labels": ["L:ADOPT"], "own": true}) == {}
	said({"role": "ADOPTION-WORKER"}, {"labels": ["L:ADOPT"]}).DM0.silent
	said({"role": "ADOPTION-WORKER"}, {"labels": ["L:ADOPT", "L:GRA"], "own": true}).DM0.silent
	said({"role": "SW-CHILD"}, {"labels": ["L:ADOPT"], "own": true}).DM0.silent
}

test_the_birth_familys_worker_learns_the_year_of_birth_and_no_place if {
	found := said({}, {"adoption": "before", "own": true})
	found.DM1.how == {"identity": "birth-year"}
	found.DM2.silent
	found.DM1i.silent
	object.get(found, "DM4", "nothing") == "nothing"
}

test_anybody_else_learns_nothing_of_the_time_before if {
	said({}, {"adoption": "before"}).DM0.silent
	said({"role": "LADO"}, {"adoption": "before", "own": true}).DM0.silent
	said({"purpose": "FAM-OVERVIEW"}, {"adoption": "before", "own": true}).DM0.silent
}

test_what_is_not_known_is_barred if {
	said({}, {"adoption": "ANY_OTHER"}).DM0.silent
	said({}, {"labels": "L:GRA"}).DM0.silent
	said({}, {"labels": null}).DM0.silent
}

test_what_is_not_known_yet_is_not_barred if said({}, {"adoption": "NOT_YET", "labels": ["NOT_YET"]}) == {}

test_the_birth_familys_worker_may_ask_in_both_purposes_and_only_if_labels_can_be_read if {
	said({"purpose": "C-S17"}, {"adoption": "before", "own": true}).DM2.silent
	object.get(said({"purpose": "C-S17"}, {"adoption": "before", "own": true}), "DM4", "nothing") == "nothing"
	said({}, {"adoption": "before", "own": true, "labels": null}).DM4.silent
	said({}, {"adoption": "ANY_OTHER", "own": true}).DM4.silent
}

test_the_holder_hears_of_what_an_enquiry_cannot_see_but_for_what_nobody_may_hear_of if {
	every label in ["L:HFEA", "L:PRIVILEGE"] {
		said({}, {"labels": [label]}).DM4.tasks == ["owner-barred"]
		said({"purpose": "FAM-OVERVIEW"}, {"labels": [label]}).DM4.tasks == []
		said({}, {"labels": [label]}).DM4.silent
	}
	every label in ["L:ADOPT", "L:GRA", "L:PROTECTED"] {
		said({}, {"labels": [label]}).DM4.tasks == []
	}
	said({}, {"adoption": "before"}).DM4.tasks == []
}

test_what_came_after_an_adoption_is_the_childs_present_life if said({}, {"adoption": "after"}) == {}

test_each_role_that_works_with_the_birth_family if {
	every role in ["SW-CHILD", "SW-TEAM-MGR", "SW-EDT"] {
		found := said({"role": role}, {"adoption": "before", "own": true})
		found.DM1.effect == 1
		not "DM4" in object.keys(found)
	}
}
