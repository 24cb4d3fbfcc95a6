package mash.isa_test

import data.mash.fixtures_test as f
import data.mash.isa

said(context, more) := f.codes(found) if {
	found := isa.of(f.key(context, more)) with data.book as f.book
}

test_a_current_isa_lets_everything_through if said({}, {}) == all_of("")

all_of(code) := {class: code | some class in f.classes}

test_a_suspended_partner_is_refused_its_own_too if {
	said({}, {"paper": "SUSPENDED"}) == all_of("PARTNER_SUSPENDED")
	said({}, {"paper": "SUSPENDED", "own": true}) == all_of("PARTNER_SUSPENDED")
}

test_own_records_need_no_isa if said({"purpose": "FAM-OVERVIEW"}, {"own": true, "paper": "NONE"}) == all_of("")

test_a_purpose_that_needs_an_isa_is_refused_without_one if {
	said({"purpose": "FAM-OVERVIEW"}, {"paper": "NONE"}) == all_of("NO_AGREEMENT")
	said({"purpose": "FAM-OVERVIEW"}, {"paper": "LAPSED"}) == all_of("AGREEMENT_EXPIRED")
	said({"purpose": "FAM-OVERVIEW"}, {"paper": "SOMETHING"}) == all_of("NO_AGREEMENT")
}

test_an_enquiry_goes_on_over_a_lapse if said({}, {"paper": "LAPSED"}) == all_of("")

test_where_there_never_was_an_isa_an_enquiry_gets_what_the_gateway_gives_without if {
	found := said({}, {"paper": "NONE"})
	found.DM0 == ""
	found.ASK == ""
	found.DM1 == "NO_AGREEMENT"
}

test_a_gateway_counts_for_the_types_it_names if {
	said({"organisation_type": "GP"}, {"paper": "LAPSED"}).DM0 == "AGREEMENT_EXPIRED"
	said({}, {"paper": "LAPSED", "source_organisation": "hospice"}).DM0 == "AGREEMENT_EXPIRED"
}

test_a_gateway_without_date_of_effect_or_signature_opens_nothing if {
	said({"purpose": "C-S17"}, {"paper": "NONE"}).DM0 == "NO_AGREEMENT"
}

test_screening_goes_on_only_with_a_risk if {
	said({"purpose": "C-SCREEN"}, {"paper": "LAPSED"}).DM0 == "AGREEMENT_EXPIRED"
	said({"purpose": "C-SCREEN", "evidence": ["perceived-risk"]}, {"paper": "LAPSED"}).DM0 == ""
}

test_an_isa_counts_for_its_roles_and_classes if {
	found := said({"purpose": "FAM-OVERVIEW"}, {"isa": "narrow"})
	found.DM0 == ""
	found.DM1 == "NO_AGREEMENT"
	said({"purpose": "FAM-OVERVIEW", "role": "GP"}, {}).DM0 == "NO_AGREEMENT"
}

test_a_number_is_sent_only_where_identity_may_pass if {
	found := isa.of(f.key({}, {"paper": "NONE"})) with data.book as f.book
	found.QUERY.code == "NO_AGREEMENT"
	isa.of(f.key({}, {})) == {} with data.book as f.book
}

test_a_day_that_is_none_opens_no_gateway if said({"on": "zzzz-99-99"}, {"paper": "LAPSED"}).DM0 == "AGREEMENT_EXPIRED"

test_going_on_without_an_isa_is_said if {
	warned({}, {"paper": "LAPSED"}) == ["AGREEMENT_LAPSED"]
	warned({}, {}) == []
	warned({}, {"paper": "LAPSED", "own": true}) == []
}

test_a_gateway_counts_from_its_first_day_to_its_last if {
	treat := {"purpose": "TREAT"}
	said(treat, {"paper": "LAPSED"}).DM0 == ""
	every day in ["2026-11-22", "2026-11-24"] {
		said(object.union(treat, {"on": day}), {"paper": "LAPSED"}).DM0 == "AGREEMENT_EXPIRED"
	}
}

test_anything_but_a_day_opens_no_gateway if {
	every day in ["", "2026-11-23T", "1800-01-01", "9999-01-01", 20261123, null, ["2026-11-23"], "2026"] {
		said({"on": day}, {"paper": "LAPSED"}).DM0 == "AGREEMENT_EXPIRED"
	}
}

test_a_recorded_risk_makes_no_gateway_of_a_purpose_that_needs_an_isa if {
	book := object.union(f.book, {"gateways": {"all": f.gateway({"FAM-OVERVIEW": true}, {})}})
	key := f.key_in(book, {"purpose": "FAM-OVERVIEW", "evidence": ["perceived-risk"]}, {"paper": "LAPSED"})
	found := isa.of(key) with data.book as book
	found.DM0.code == "AGREEMENT_EXPIRED"
}

warned(context, more) := found if {
	found := isa.warnings(f.key(context, more)) with data.book as f.book
}

test_what_does_not_go_on_or_needs_no_isa_warns_of_nothing if {
	warned({"purpose": "FAM-OVERVIEW"}, {"paper": "LAPSED"}) == []
	warned({"purpose": "TREAT"}, {"paper": "LAPSED"}) == []
	warned({}, {"paper": "LAPSED", "source_organisation": "hospice"}) == []
	warned({}, {"paper": "CURRENT"}) == []
}

test_an_adult_enquiry_warns_where_it_is_urgent if {
	book := object.union(f.book, {"gateways": {"adult": f.gateway({"A-S42": true}, {})}})
	warnings := {ground: count(found) |
		some ground in ["none", "stated", "urgent"]
		found := isa.warnings(f.key_in(book, {"purpose": "A-S42", "ground": ground}, {"paper": "LAPSED"}))
			with data.book as book
	}
	warnings == {"none": 0, "stated": 0, "urgent": 1}
}

lacks(more) := found if {
	question := {"purpose": "FAM-OVERVIEW"}
	finding := isa.of(f.key(question, more)).DM0 with data.book as f.book
	found := [finding.code, finding.missing]
}

test_each_defect_says_what_is_missing if {
	lacks({"paper": "LAPSED", "paper_defect": "DSPT_LAPSED"}) == ["AGREEMENT_EXPIRED", ["dspt"]]
	lacks({"paper": "LAPSED", "paper_defect": "ENDED"}) == ["AGREEMENT_EXPIRED", ["isa-current"]]
	lacks({"paper": "LAPSED", "paper_defect": "ISA_SUSPENDED"}) == ["NO_AGREEMENT", ["isa-resumed"]]
	lacks({"paper": "NONE", "paper_defect": "NOT_SIGNED"}) == ["NO_AGREEMENT", ["isa-signed"]]
	lacks({"paper": "NONE", "paper_defect": "NO_ISA"}) == ["NO_AGREEMENT", ["isa"]]
	lacks({"paper": "SUSPENDED", "paper_defect": "PARTNER_SUSPENDED"}) == ["PARTNER_SUSPENDED", ["partner-resumed"]]
}

test_a_role_or_class_that_the_isa_does_not_name_is_told_apart if {
	overview := {"purpose": "FAM-OVERVIEW"}
	role := isa.of(f.key(object.union(overview, {"role": "GP"}), {"paper_defect": "ROLE_NOT_NAMED"})).DM0 with data.book as f.book
	role.missing == ["isa-role"]
	class := isa.of(f.key(overview, {"isa": "narrow", "paper_defect": "SOUND"})).DM1 with data.book as f.book
	class.missing == ["isa-class"]
}

test_a_defect_that_does_not_go_with_the_state_is_not_believed if {
	lacks({"paper": "LAPSED", "paper_defect": "SOUND"}) == ["AGREEMENT_EXPIRED", ["isa-current"]]
	lacks({"paper": "NONE", "paper_defect": "ENDED"}) == ["NO_AGREEMENT", ["isa"]]
	lacks({"paper": "NONE", "paper_defect": "PARTNER_SUSPENDED"}) == ["NO_AGREEMENT", ["isa"]]
	lacks({"paper": "SUSPENDED", "paper_defect": "SOUND"}) == ["PARTNER_SUSPENDED", ["partner-resumed"]]
	lacks({"paper": "LAPSED", "paper_defect": "NOBODY'S"}) == ["AGREEMENT_EXPIRED", ["isa-current"]]
}

test_a_lapsed_assessment_is_warned_of_by_its_own_name if {
	found := isa.warnings(f.key({}, {"paper": "LAPSED", "paper_defect": "DSPT_LAPSED"})) with data.book as f.book
	found == ["DSPT_LAPSED"]
	own := isa.warnings(f.key({}, {"paper": "LAPSED", "paper_defect": "DSPT_LAPSED", "own": true})) with data.book as f.book
	own == []
}

test_what_the_paper_refuses_is_withheld_and_told if {
	every more in [{"paper": "LAPSED"}, {"paper": "NONE"}, {"paper": "SUSPENDED"}] {
		found := isa.of(f.key({"purpose": "FAM-OVERVIEW"}, more)).DM0 with data.book as f.book
		found.effect == 3
		found.silent == false
	}

	# A book in which the lack has no words refuses all the same.
	bare := object.union(object.remove(f.book, ["paper_defects"]), {"paper_defects": {}})
	found := isa.of(f.key_in(bare, {"purpose": "FAM-OVERVIEW"}, {"paper": "NONE"})).DM0 with data.book as bare
	found.effect == 3
	found.silent == false
}

test_what_goes_on_without_paper_is_warned_of if {
	warned({}, {"paper": "NONE"}) == ["AGREEMENT_LAPSED"]
	warned({}, {"paper": "LAPSED"}) == ["AGREEMENT_LAPSED"]
	warned({"purpose": "C-SCREEN", "evidence": ["perceived-risk"]}, {"paper": "LAPSED"}) == ["AGREEMENT_LAPSED"]
}

test_urgency_alone_makes_nothing_go_on if {
	book := object.union(f.book, {"gateways": {"care": f.gateway({"TREAT": true}, {})}})
	found := isa.warnings(f.key_in(book, {"purpose": "TREAT", "ground": "urgent"}, {"paper": "LAPSED"})) with data.book as book
	found == []
}

duty(context, more) := found if {
	found := isa.of(f.key_in(f.with_a_duty, context, more)) with data.book as f.with_a_duty
}

test_a_duty_to_decide_opens_nothing_by_itself if {
	without := duty({"purpose": "C-S17"}, {"paper": "NONE"})
	without.DM1.effect == 2
	without.DM1.tasks == ["holder-decides-16la"]
	without.ASK.effect == 2
	duty({"purpose": "C-S17", "on": "2026-11-22"}, {"paper": "NONE"}).DM1.code == "NO_AGREEMENT"
	duty({"purpose": "C-S17"}, {"paper": "NONE", "source_organisation": "hospice"}).DM1.code == "NO_AGREEMENT"
	duty({"purpose": "FAM-OVERVIEW"}, {"paper": "LAPSED"}).DM1.effect == 3
}

test_what_an_enquiry_gives_without_an_isa_does_not_wait_for_it if {
	found := duty({}, {"paper": "NONE"})
	not found.DM0
	not found.ASK
	found.DM1.effect == 2
	found.QUERY.effect == 2
}

test_a_holders_decision_stands_in_for_the_paper_and_a_suspension_stands if {
	duty({"purpose": "C-S17"}, {"paper": "NONE", "owner_decision": "disclose"}) == {}

	# What it keeps back the owner's decision rule says.
	duty({"purpose": "C-S17"}, {"paper": "NONE", "owner_decision": "detriment"}) == {}
	duty({}, {"paper": "SUSPENDED", "owner_decision": "disclose"}).DM0.code == "PARTNER_SUSPENDED"
}

test_people_are_counted_where_the_isa_reaches_the_pointer if {
	sound := {"paper": "CURRENT", "isa": "narrow", "paper_defect": "SOUND"}
	found := isa.of(f.key({"purpose": "HRESCH"}, sound)) with data.book as f.book
	not "COUNT" in object.keys(found)
	"DM1" in object.keys(found)

	without := json.patch(f.book, [{"op": "replace", "path": "/isas/narrow/scope/classes", "value": {"DM1": true}}])
	kept := isa.of(f.key_in(without, {"purpose": "HRESCH"}, sound)) with data.book as without
	kept.COUNT.effect == 3
	not "ASK" in object.keys(kept)

	lapsed := isa.of(f.key({"purpose": "HRESCH"}, {"paper": "LAPSED"})) with data.book as f.book
	lapsed.COUNT.effect == 3
}

test_a_duty_reaches_no_further_than_its_classes if {
	key := {
		"own": false, "isa_read": true, "isa_reach": [], "isa_lacks": "NO_ISA", "gateway_reach": [], "duty_reach": ["DM0"],
	}
	asked := isa.of(object.union(key, {"holder_decides": "to-decide"})) with data.book as f.book
	[asked.DM0.effect, asked.DM4.effect] == [2, 3]
	told := isa.of(object.union(key, {"holder_decides": "disclosed"})) with data.book as f.book
	not told.DM0
	told.DM4.effect == 3
}

test_a_duty_that_was_not_decided_about_is_told_and_opens_nothing if {
	key := {
		"own": false, "isa_read": true, "isa_reach": [], "isa_lacks": "NO_ISA", "gateway_reach": [], "duty_reach": ["DM0"],
	}
	undecided := isa.of(object.union(key, {"holder_decides": "none"})) with data.book as f.book
	undecided.DM0.code == "NO_AGREEMENT"
	asked := isa.of(object.union(key, {"holder_decides": "to-decide"})) with data.book as f.book
	asked.DM0.silent == false
}

test_an_unsigned_gateway_gives_nobody_a_decision_to_make if {
	duties := {"unsigned": {"signed": false, "holder_decides": true, "purposes": {"C-S47": true}}}
	isa.duties_for_purpose({"purpose": "C-S47"}) == [] with data.book.gateways as duties
}

test_only_what_goes_on_and_gave_something_is_warned_of if {
	key := {"goes_on": true, "own": false, "paper": "LAPSED", "gateway_reach": ["DM0"]}
	every word in [["ENDED", "AGREEMENT_LAPSED"], ["DSPT_LAPSED", "DSPT_LAPSED"]] {
		one := object.union(key, {"isa_lacks": word[0]})
		isa.warnings(one) == [word[1]]
		isa.warnings(object.union(one, {"goes_on": false})) == []
		isa.warnings(object.union(one, {"gateway_reach": []})) == []
	}
}
