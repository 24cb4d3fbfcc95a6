package mash.consent_test

import data.mash.consent
import data.mash.fixtures_test as f
import data.mash.main

said(context, more) := f.codes(of(f.book, context, more))

# As the answer composes it: class by class.
of(book, context, more) := found if {
	found := main.agreement(f.key_in(book, context, more), f.profile(more)) with data.book as book
}

fam := {"purpose": "FAM-OVERVIEW"}

test_statutory_purposes_do_not_read_it if said({}, {"agreement": "REFUSED"}).DM0 == ""

test_a_purpose_that_rests_on_agreement_needs_it if {
	given := {agreement |
		some agreement in [
			"AGREED", "BEST-INTERESTS", "PROXY-LPA", "NOT-RECORDED", "REFUSED", "WITHDRAWN",
			"NOT-SOUGHT-UNSAFE", "CHILD-OWN-VIEW", "AGREED-LIMITED", "ANY_OTHER", null,
		]
		said(fam, {"agreement": agreement}).DM0 == ""
	}
	given == {"AGREED", "BEST-INTERESTS", "PROXY-LPA"}
}

test_a_competent_childs_own_view_counts_for_the_child if {
	said(fam, {"agreement": "CHILD-OWN-VIEW", "subject_age": "13_17"}).DM0 == ""
	said(fam, {"agreement": "CHILD-OWN-VIEW", "subject_age": "UNKNOWN"}).DM0 == ""
	said(fam, {"agreement": "CHILD-OWN-VIEW", "subject_age": "UNDER_13"}).DM0 == "CONSENT_REQUIRED"
	said(fam, {"agreement": "CHILD-OWN-VIEW", "subject_age": "ADULT"}).DM0 == "CONSENT_REQUIRED"
}

test_a_limited_agreement_reaches_as_far_as_it_says if {
	found := said(fam, {"agreement": "AGREED-LIMITED", "agreed_to": ["DM0"]})
	found.DM0 == ""
	found.ASK == ""
	found.DM1 == "CONSENT_REQUIRED"
	said(fam, {"agreement": "AGREED-LIMITED", "agreed_to": ["acute"]}).DM1 == ""
	said(fam, {"agreement": "AGREED-LIMITED", "agreed_to": ["gp"]}).ASK == "CONSENT_REQUIRED"
}

test_a_recorded_risk_stands_in_for_screening_and_not_for_the_overview if {
	risk := {"evidence": ["perceived-risk"]}
	said(object.union(risk, {"purpose": "C-SCREEN"}), {}).DM0 == ""
	said(object.union(risk, {"purpose": "C-S17"}), {}).DM0 == ""
	said(object.union(risk, fam), {}).DM0 == "CONSENT_REQUIRED"
	said({"purpose": "C-S17", "evidence": ["override"]}, {}).DM0 == ""
	said({"purpose": "C-SCREEN", "evidence": ["override"]}, {}).DM0 == "CONSENT_REQUIRED"
}

test_ones_own_records_need_none if said(fam, {"own": true}).DM0 == ""

test_a_purpose_of_nobodys_needs_it if said({"purpose": "SOMETHING"}, {}).DM0 == "CONSENT_REQUIRED"

test_an_isa_may_ask_for_agreement_where_the_purpose_does_not if {
	care := object.union(f.book, {"purposes": {"COC": f.purpose("TREAT", "B", "NEEDED", "CARE", false, true)}})
	of(care, {"purpose": "COC"}, {"isa": "narrow"}).DM0.code == "CONSENT_REQUIRED"
	of(care, {"purpose": "COC"}, {"isa": "wide"}) == {}

	# Never of what goes on without one.
	of(care, {}, {"isa": "narrow"}) == {}
}

test_only_an_override_or_a_risk_stands_in if {
	every kind in ["referral", "incident", "refusal"] {
		said({"purpose": "C-S17", "evidence": [kind]}, {}).DM0 == "CONSENT_REQUIRED"
	}
}

test_an_adults_agreement_within_a_list_is_not_read_without_the_limited_word if {
	said(fam, {"agreement": "REFUSED", "agreed_to": ["DM0", "acute"]}).DM0 == "CONSENT_REQUIRED"
	said(fam, {"agreement": "REFUSED", "subject_age": "13_17"}).DM0 == "CONSENT_REQUIRED"
}

test_what_would_do_is_named if {
	of(f.book, {"purpose": "C-SCREEN"}, {}).DM0.missing == ["agreement", "perceived-risk"]
	of(f.book, fam, {}).DM0.missing == ["agreement"]
	of(f.book, {"purpose": "C-S17"}, {}).DM0.missing == ["agreement", "perceived-risk"]
}

test_a_word_of_nobodys_reaches_nothing_of_nobodys if {
	limited := {"agreement": "AGREED-LIMITED", "agreed_to": ["SOMETHING", null], "source_kind": "SOMETHING"}
	{code | some code in said(fam, limited)} == {"CONSENT_REQUIRED"}
	of(f.book, fam, limited).ANY_OTHER.code == "CONSENT_REQUIRED"
	{code | some code in said(fam, object.union(limited, {"agreed_to": "DM0"}))} == {"CONSENT_REQUIRED"}
}

screening := {"purpose": "C-SCREEN"}

test_once_the_duty_is_in_force_the_holder_is_asked_to_decide if {
	found := of(f.with_a_duty, screening, {"agreement": "REFUSED"})
	found.ASK.effect == 2
	found.ASK.tasks == ["holder-decides-16la"]
	found.QUERY.effect == 2
	found.DM0.effect == 2
	found.DM0.silent == false
	found.DM0.tasks == []
}

test_before_its_date_for_others_and_for_other_purposes_agreement_is_required if {
	of(f.with_a_duty, {"purpose": "C-SCREEN", "on": "2026-11-22"}, {}).ASK.code == "CONSENT_REQUIRED"
	of(f.with_a_duty, screening, {"source_organisation": "hospice"}).ASK.code == "CONSENT_REQUIRED"
	of(f.with_a_duty, {"purpose": "C-SCREEN", "organisation_type": "GP"}, {}).ASK.code == "CONSENT_REQUIRED"
	of(f.with_a_duty, fam, {}).ASK.code == "CONSENT_REQUIRED"
	said(screening, {"owner_decision": "disclose"}).DM0 == "CONSENT_REQUIRED"
}

test_the_holders_decision_stands_in_for_agreement if {
	every decision in ["disclose", "approved", "refused", "detriment", "harm", "ANY_OTHER"] {
		of(f.with_a_duty, screening, {"owner_decision": decision}) == {}
	}
}

# The rule has an answer of its own: a table has a row for each of its keys.
test_the_rule_has_an_answer_whatever_the_holder_decided if {
	key := {
		"own": false, "agreement_read": true, "isa_asks": false, "agreed": "no", "agreed_source": false,
		"agreed_class": false, "risk_would_do": false,
	}
	every decided in ["disclosed", "kept-back"] {
		found := consent.of(object.union(key, {"holder_decides": decided})) with data.book as f.book
		found == {}
	}
}
