package mash.confidentiality_test

import data.mash.confidentiality
import data.mash.fixtures_test as f

said(more) := f.codes(found).DM0 if {
	found := confidentiality.of(f.key({}, more)) with data.book as f.book
}

test_only_very_restricted_and_unknown_codes_are_put_to_the_owner if {
	asked := {code |
		some code in ["U", "L", "M", "N", "R", "V", "ANY_OTHER", null]
		said({"confidentiality": code}) == "OWNER_APPROVAL"
	}
	asked == {"V", "ANY_OTHER", null}
}

test_own_and_approved_records_are_not if {
	said({"confidentiality": "V", "own": true}) == ""
	said({"confidentiality": "V", "owner_decision": "approved"}) == ""
}

test_what_is_put_to_the_owner_is_told if {
	found := confidentiality.of(f.key({}, {"confidentiality": "V"})) with data.book as f.book
	found.DM0.effect == 2
	found.DM0.silent == false
}
