package mash.ceiling_test

import data.mash.ceiling
import data.mash.fixtures_test as f

said(context, more, classes) := {class: f.kept_back(object.get(found, class, {})) | some class in classes} if {
	found := ceiling.of(f.key(context, more)) with data.book as f.book
}

test_a_ceiling_is_a_set_of_classes if {
	said({}, {}, ["DM0", "DM2", "DM8", "ANY_OTHER"]) == {
		"DM0": "", "DM2": "ROLE_NOT_PERMITTED", "DM8": "COMMERCIAL", "ANY_OTHER": "ROLE_NOT_PERMITTED",
	}
}

test_a_purpose_may_have_a_ceiling_of_its_own if {
	said({"role": "CLERK"}, {}, ["DM0", "DM1"]) == {"DM0": "", "DM1": "ROLE_NOT_PERMITTED"}
	said({"role": "CLERK", "purpose": "TREAT"}, {}, ["DM0", "DM1"]) == {"DM0": "ROLE_NOT_PERMITTED", "DM1": ""}
}

test_narrative_is_the_owners_to_give_to_a_role_that_reaches_detail if {
	said({}, {}, ["DM6"]).DM6 == "OWNER_APPROVAL"
	said({}, {"owner_decision": "approved"}, ["DM6"]).DM6 == ""
	said({}, {"own": true}, ["DM6"]).DM6 == ""
	said({"role": "CLERK"}, {}, ["DM6"]).DM6 == "ROLE_NOT_PERMITTED"
}

test_an_adoption_worker_sees_own_records_only if {
	said({"role": "ADOPTION-WORKER"}, {}, ["DM0", "ASK"]) == {"DM0": "ROLE_NOT_PERMITTED", "ASK": "ROLE_NOT_PERMITTED"}
	said({"role": "ADOPTION-WORKER"}, {"own": true}, ["DM0"]).DM0 == ""
}

test_a_role_of_nobodys_sees_nothing_of_its_own_either if {
	every own in [true, false] {
		said({"role": "SOMEBODY"}, {"own": own}, ["DM0", "ASK"]) == {"DM0": "ROLE_NOT_PERMITTED", "ASK": "ROLE_NOT_PERMITTED"}
	}
}

test_numbers_are_for_the_role_that_is_given_nothing_else if {
	every own in [true, false] {
		said({"role": "RESEARCHER", "purpose": "HRESCH"}, {"own": own}, ["COUNT", "ASK", "QUERY", "DM0", "DM6"]) == {
			"COUNT": "", "ASK": "ROLE_NOT_PERMITTED", "QUERY": "ROLE_NOT_PERMITTED",
			"DM0": "ROLE_NOT_PERMITTED", "DM6": "ROLE_NOT_PERMITTED",
		}
		said({"role": "CLERK"}, {"own": own}, ["COUNT", "ASK"]) == {"COUNT": "ROLE_NOT_PERMITTED", "ASK": ""}
	}
}

test_what_a_role_may_not_see_is_withheld_and_told if {
	found := ceiling.of(f.key({}, {})) with data.book as f.book
	every class in ["DM2", "DM8"] {
		found[class].effect == 3
		found[class].silent == false
	}
	found.DM6.effect == 2
	found.DM6.silent == false
}

test_a_subjects_own_request_has_no_ceiling if {
	every own in [true, false] {
		said({"role": "DPO", "purpose": "PATRQT"}, {"own": own}, ["DM0", "DM6", "DM8"]) == {"DM0": "", "DM6": "", "DM8": ""}
	}
	said({"role": "DPO"}, {}, ["DM0"]) == {"DM0": "ROLE_NOT_PERMITTED"}
}
