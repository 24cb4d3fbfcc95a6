package mash.tables_test

import data.mash.fixtures_test as f
import data.mash.tables

said(name, keys) := answer.found if {
	answer := tables.answer with input as {"name": name, "keys": keys} with data.book as f.book
}

test_each_key_has_its_answer_by_position if {
	found := said("conflict", [{"conflict": true}, {"conflict": false}, {"conflict": "ANY_OTHER"}])
	found[0].DM0.code == "CONFLICT_OF_INTEREST"
	found[1] == {}
	found[2] == found[0]
	said("column", [{"purpose": "C-S47", "risk": false}, {"purpose": "ANY_OTHER", "risk": true}]) == ["A", "C"]
}

test_what_cannot_be_decided_is_null if {
	said("nobodys", [{}]) == [null]
	said("consent", [{}, {"own": true}]) == [null, {}]
}

test_what_composing_goes_by_is_said if {
	found := tables.answer with input as {"name": "conflict", "keys": []} with data.book as f.book
	found.revision == f.book.revision
	found.composing.recorded_at.isa == 0
	{name | some name, _ in found.composing.recorded_at} == {name | some name, _ in found.composing.shown_at}
	count(found.composing.order) == count({name | some name in found.composing.order})
}
