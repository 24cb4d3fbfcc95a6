package mash.identity_test

import data.mash.fixtures_test as f
import data.mash.identity

said(more) := found if {
	found := identity.of(f.key({}, more)) with data.book as f.book
}

test_a_match_or_a_confirmed_identity_says_nothing if {
	said({}) == {}
	said({"identity": "CONFIRMED"}) == {}
}

test_of_a_possible_match_a_stub_and_no_more if {
	found := said({"identity": "NOT_CONFIRMED"})
	found.DM1.effect == 1
	found.DM1.how == {"identity": "stub"}
	found.DM0.code == "IDENTITY_NOT_CONFIRMED"
	found.ASK.effect == 3
}

test_what_is_not_known_has_not_even_a_stub if {
	every word in ["ANY_OTHER", "NOT_YET", null, 7] {
		said({"identity": word}).DM1.effect == 3
	}
}

test_until_it_is_certain_it_is_told if {
	found := said({"identity": "NOT_CONFIRMED"})
	found.DM0.effect == 3
	found.DM0.silent == false
}
