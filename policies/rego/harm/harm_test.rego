package mash.harm_test

import data.mash.fixtures_test as f
import data.mash.harm

every_class := ["DM0", "DM0p", "DM1", "DM1i", "DM2", "DM3", "DM3s", "DM4", "DM4r", "DM5", "DM6", "DM9", "ANY_OTHER", "ASK", "QUERY"]

said(more) := found if {
	found := harm.of(f.key({}, more)) with data.book as f.book
}

test_without_a_harm_link_it_says_nothing if said({}) == {}

test_across_one_only_pointer_and_identity_stay if {
	found := said({"harm_link": true, "own": true})
	{class | some class in every_class} - object.keys(found) == {"DM0", "DM1", "ASK", "QUERY"}
	found.DM3.how == {"date": "year"}
	found.DM3s.how == {"date": "year"}
	{found[class].code | some class in {"DM0p", "DM1i", "DM2", "DM4", "DM4r", "DM5", "DM6", "DM9", "ANY_OTHER"}} == {"HARM_LOCATION"}
	{found[class].effect | some class in {"DM0p", "DM1i", "DM2", "DM4", "DM4r", "DM5", "DM6", "DM9", "ANY_OTHER"}} == {3}
}

test_what_is_not_known_is_a_harm_link if {
	said({"harm_link": null}).DM2.effect == 3
	said({"harm_link": "NOT_YET"}).DM2.effect == 3
}

test_what_places_somebody_is_told_as_restricted if {
	found := said({"harm_link": true})
	found.DM2.silent == false
	found.DM3.effect == 1
	found.DM3s.effect == 1
}
