package mash.classes_test

import data.mash.classes
import data.mash.fixtures_test as f

test_fields_and_questions_are_apart if {
	classes.all == classes.fields | {"ASK", "QUERY", "COUNT"} with data.book as f.book
	classes.fields & classes.questions == set() with data.book as f.book
	"DM0" in classes.fields with data.book as f.book
}

test_a_class_in_no_list_is_read_as_one_that_is_none if {
	every class in ["NEW", null, 7, "ANY_OTHER"] {
		classes.slot(class) == "ANY_OTHER" with data.book as f.book
	}
	classes.slot("DM0") == "DM0" with data.book as f.book
	classes.slot("ASK") == "ASK" with data.book as f.book
}
