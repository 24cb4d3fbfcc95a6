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
	every way in ["product", "notice", "print", "review"] {
		found := said(way, {"labels": ["PLACED"], "own": true})
		object.keys(found) == {"DM2", "DM9"}
		found.DM2.code == "HARM_LOCATION"
		said(way, {"own": true}) == {}
	}
}

# A stranger to the case is told of the missing relationship, as of any other address.
test_a_safe_address_is_said_where_harm_is_said if said("print", {"labels": ["PLACED"]}).DM2.rule == "harm"

test_no_notice_tells_of_honour_based_abuse if {
	said("notice", {"labels": ["L:HBA"]}).DM0.silent
	said("review", {"labels": ["L:HBA"]}).DM0.silent
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

test_a_product_names_the_service_whom_to_ring_and_who_it_is_about if {
	found := channel.of(f.key({"channel": "product"}, {})) with data.book as f.book
	{class | some class, finding in found; finding.effect == 2} == {
		"DM1i", "DM2", "DM3", "DM3s", "DM4", "DM4r", "DM5", "DM6", "DM8", "DM9", "ANY_OTHER",
	}
	said("product", {"own": true}) == {}
	said("product", {"owner_decision": "approved"}) == {}
	said("product", {"owner_decision": "disclose"}).DM2.effect == 2
	said("product", {"owner_decision": "disclose"}).DM2.silent == false
	said("product", {"own": "ANY_OTHER"}).DM2.effect == 2
	said("print", {}) == {}
	said("review", {}) == {}
}

test_intelligence_never_leaves_the_room_approved_or_not if {
	every way in ["product", "notice", "print", "review"] {
		every more in [{}, {"own": true}, {"owner_decision": "approved"}] {
			found := said(way, object.union({"labels": ["L:INTEL"]}, more))
			found.DM0.silent
			found.DM0.effect == 3
		}
	}
	said("view", {"labels": ["L:INTEL"]}) == {}
}
