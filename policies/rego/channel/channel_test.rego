package mash.channel_test

import data.mash.channel
import data.mash.fixtures_test as f

said(way, more) := found if {
	context := {"channel": way}
	of_labels := [of_label | some label in object.get(more, "labels", []); of_label := channel.of_label(f.label_key(context, more, label))]
		with data.book as f.book
	alone := channel.of(f.key(context, more)) with data.book as f.book
	found := f.of_classes(object.union_n(array.concat([alone], of_labels)), ["DM0", "DM2", "DM9"])
}

test_inside_the_hub_it_says_nothing if said("view", {"labels": ["PLACED", "L:HBA"]}) == {}

test_a_safe_address_never_leaves if {
	every way in ["product", "notice", "print"] {
		found := said(way, {"labels": ["PLACED"], "own": true})
		object.keys(found) == {"DM2", "DM9"}
		found.DM2.code == "HARM_LOCATION"
		said(way, {}) == {}
	}
}

# A stranger to the case is told of the missing relationship, as of any other address.
test_a_safe_address_is_said_where_harm_is_said if said("print", {"labels": ["PLACED"]}).DM2.rule == "harm"

test_no_notice_tells_of_honour_based_abuse if {
	said("notice", {"labels": ["L:HBA"]}).DM0.silent
	said("print", {"labels": ["L:HBA"]}) == {}
}

test_a_way_out_that_nobody_knows_is_closed if {
	every way in ["post", null] {
		said(way, {}).DM0.effect == 3
	}
}

test_what_does_not_leave_is_withheld if {
	said("print", {"labels": ["PLACED"]}).DM2.effect == 3
	said("notice", {"labels": ["L:HBA"]}).DM0.effect == 3
}

test_what_may_not_leave_is_told if {
	said("print", {"labels": ["PLACED"]}).DM2.silent == false
	said("post", {}).DM0.silent == false
}
