package mash.situation_test

import data.mash.fixtures_test as f
import data.mash.situation

column(context) := found if {
	found := situation.column with input as f.question(context, []) with data.book as f.book
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
