# A small book and a usual question, for the tests beside the rules: editing the real tables never breaks these.
package mash.fixtures_test

import data.mash.keys

purpose(column, sensitivity, isa, relationship, agreement, objection) := {
	"column": column, "sensitivity_column": sensitivity, "isa": isa, "relationship": relationship,
	"care": false, "agreement": agreement, "objection": objection, "opens_case": true,
}

gateway(purposes, more) := object.union(
	{
		"signed": true, "holder_decides": false, "purposes": purposes,
		"askers": {"LA-CSC": true}, "holders": {"NHS-ACUTE": true, "LA-HOUSING": true},
		"scope": {"whole": true, "classes": {}}, "without_isa": {"whole": false, "classes": {"DM0": true}},
		"from": "2000-01-01", "last": "9999-99-99",
	},
	more,
)

row(label, effect, silent, when) := {
	"rule": "sensitivity", "when": when, "effect": effect, "silent": silent, "how": {}, "missing": [],
	"code": label, "tasks": [],
}

book := {
	"revision": "0123456789abcdef",
	"purposes": {
		"C-S47": purpose("C-S47", "A", "GOES_ON", "CASE", false, false),
		"C-S17": purpose("C-S17", "A", "NAMED", "CASE", true, false),
		"C-SCREEN": purpose("C-SCREEN", "A_IF_RISK", "ON_AGREEMENT", "CASE", true, false),
		"FAM-OVERVIEW": purpose("FAM-OVERVIEW", "C", "NEEDED", "CASE", true, true),
		"A-S42": purpose("C-S47", "A", "URGENT_GOES_ON", "CASE", false, true),
		"TREAT": purpose("TREAT", "B", "NAMED", "CARE", false, true),
		"ETREAT": purpose("TREAT", "B", "GOES_ON", "INCIDENT", false, true),
		"BTG": purpose("TREAT", "B", "GOES_ON", "NOT_READ", false, false),
		"MARAC": purpose("C-S47", "A", "NAMED", "CASE", false, false),
		"CP-ALERT": purpose("TREAT", "C", "GOES_ON", "INCIDENT", false, false),
		"PATRQT": object.union(
			purpose("REFER", "C", "NOT_READ", "NOT_READ", false, false),
			{"opens_case": false},
		),
		"HRESCH": object.union(purpose("HRESCH", "C", "NEEDED", "NOT_READ", false, false), {"opens_case": false}),
		"HTEST": object.union(purpose("NONE", "C", "NOT_READ", "NOT_READ", false, false), {"opens_case": false}),
	},
	"role_purposes": {
		"SW-CHILD": {"C-S47": "Y", "C-SCREEN": "Y", "FAM-OVERVIEW": "Y", "MARAC": "Y"},
		"ADOPTION-WORKER": {"C-S47": "Y"},
		"DPO": {"PATRQT": "Y"},
		"GP": {"TREAT": "Y", "BTG": "Y"},
		"AUDITOR": {"HTEST": "Y"},
		"SW-ADULT": {"A-S42": "Y"},
	},
	"only_for": {"A-S42": {"LA-ASC": true}},
	"role_groups": {"SW-CHILD": "SOCIAL-WORK", "GP": "HEALTH"},
	"ceilings": {
		"SW-CHILD": {"any": {"DM0": true, "DM1": true, "DM5": true}, "by": {}, "own_only": false},
		"CLERK": {"any": {"DM0": true}, "by": {"TREAT": {"DM1": true}}, "own_only": false},
		"ADOPTION-WORKER": {"any": {"DM0": true, "DM5": true}, "by": {}, "own_only": true},
		"RESEARCHER": {"any": {"COUNT": true}, "by": {}, "own_only": false},
	},
	"classes": {
		"DM0": "DM0", "DM0p": "DM0", "DM1": "DM1", "DM1i": "DM1", "DM2": "DM2", "DM3": "DM3", "DM3s": "DM3",
		"DM4": "DM4", "DM4r": "DM4", "DM5": "DM5", "DM6": "DM6", "DM8": "DM8", "DM9": "DM9",
	},
	"matrix": {
		"columns": {
			"C-S47": {
				"DM0": {"cell": "R", "code": "MINIMISATION"},
				"DM4": {"cell": "G", "code": "MINIMISATION"},
				"DM5": {"cell": "O", "case-child": "R", "code": "MINIMISATION"},
				"DM8": {"cell": "-", "code": "COMMERCIAL"},
				"DM9": {"cell": "-", "same-place": "R", "code": "MINIMISATION"},
			},
			"FAM-OVERVIEW": {"DM0": {"cell": "R", "code": "MINIMISATION"}},
			"NONE": {"DM0": {"cell": "-", "code": "MINIMISATION"}},
			"REFER": {"DM0": {"cell": "R", "code": "MINIMISATION", "outside": "THIRD_PARTY"}},
			"HRESCH": {"DM0": {"cell": "-", "code": "DEIDENTIFIED_ONLY"}},
		},
		"subjects_only": ["MARAC", "PATRQT"],
		"counts": ["HRESCH"],
	},
	"forms": {"DM4": {"date": "month"}},
	"adult_services": {
		"purposes": {"FAM-OVERVIEW": [], "C-SCREEN": ["perceived-risk"]},
		"also_for_children": ["acute"],
		"forms": {"DM0": {"date": "year"}},
		"kinds": {"acute": true, "sexual-health": true, "housing": false},
	},
	"lookback": {
		"known": ["UP_TO_12M", "OVER_5Y", "OPEN", "NO_EVENT"],
		"limits": {"FAM-OVERVIEW": ["UP_TO_12M", "OPEN", "NO_EVENT"]},
	},
	"labels": {
		"TAKEN": {"bar": false, "location": false, "columns": {
			"A": {"DM4": [row("TAKEN", 3, true, "always")]},
			"B": {},
			"C": {"DM4": [row("TAKEN", 3, false, "always")]},
		}},
		"ASKED": {"bar": false, "location": false, "columns": {
			"A": {"DM4": [row("ASKED", 2, false, "always")]},
			"B": {"DM4": [row("ASKED", 0, false, "break-glass"), row("ASKED", 3, false, "always")]},
			"C": {},
		}},
		"CHILD": {"bar": false, "location": false, "columns": {
			"A": {"DM4": [
				row("CHILD", 2, false, "family-child-13-17"),
				row("CHILD", 0, false, "family-child-under-13"),
				row("CHILD", 3, true, "always"),
			]},
			"B": {}, "C": {},
		}},
		"PLACED": {"bar": false, "location": true, "columns": {
			"A": {}, "B": {},
			"C": {"DM2": [row("HARM_LOCATION", 3, false, "always")]},
		}},
		"L:ADOPT": {"bar": true, "location": false, "columns": {}},
		"L:GRA": {"bar": true, "location": false, "columns": {}},
		"L:HFEA": {"bar": true, "location": false, "columns": {}},
		"L:PRIVILEGE": {"bar": true, "location": false, "columns": {}},
		"L:PROTECTED": {"bar": true, "location": false, "columns": {}},
		"L:HBA": {"bar": false, "location": false, "columns": {"A": {}, "B": {}, "C": {}}},
		"L:EOL": {"bar": false, "location": false, "columns": {"A": {}, "B": {}, "C": {}}},
		"L:INTEL": {"bar": false, "location": false, "room_only": true, "columns": {"A": {}, "B": {}, "C": {}}},
	},
	"isas": {
		"wide": {
			"roles": {"SW-CHILD": true, "ADOPTION-WORKER": true}, "scope": {"whole": true, "classes": {}},
			"consent": "as-purpose", "obligations": ["DELAU"],
		},
		"narrow": {
			"roles": {"SW-CHILD": true}, "scope": {"whole": false, "classes": {"DM0": true}},
			"consent": "agreement", "obligations": [],
		},
	},
	"paper_defects": paper_defects,
	"gateways": {
		"enquiry": gateway({"C-S47": true, "C-SCREEN": true}, {}),
		"not-yet": gateway({"C-S17": true}, {"from": "9999-99-99"}),
		"unsigned": gateway({"C-S17": true}, {"signed": false}),
		"ended": gateway({"C-S17": true}, {"last": "2026-11-22"}),
		"to-the-day": gateway({"TREAT": true}, {"from": "2026-11-23", "last": "2026-11-23"}),
	},
	"organisations": {"trust": "NHS-ACUTE", "hospice": "HOSPICE"},
	"shown_as": {
		"HARM_LOCATION": "RESTRICTED", "MINIMISATION": "MINIMISATION", "OWNER_APPROVAL": "OWNER_APPROVAL",
		"ROLE_NOT_PERMITTED": "ROLE_NOT_PERMITTED", "CONSENT_REQUIRED": "CONSENT_REQUIRED",
		"PURPOSE_NOT_PERMITTED": "PURPOSE_NOT_PERMITTED", "COMMERCIAL": "COMMERCIAL", "ASKED": "ASKED",
		"IDENTITY_NOT_CONFIRMED": "IDENTITY_NOT_CONFIRMED", "UNCLASSIFIED": "UNCLASSIFIED",
	},
	"members": members,
	"axes": {"date": {"day": 0, "month": 1, "year": 2}, "code": {"as-is": 0, "kind": 3}},
}

# The same book once a gateway is in force that gives the trust, and nobody else, a decision to make.
with_a_duty := object.union(book, {"gateways": object.union(book.gateways, {"duty": gateway(
	{"C-SCREEN": true, "C-S17": true, "C-S47": true},
	{"holder_decides": true, "holders": {"NHS-ACUTE": true}, "from": "2026-11-23"},
)})})

# The words that the small book knows.
set(words) := {word: true | some word in words}

members := {
	"context": {
		"words": {
			"organisation_type": set(["LA-CSC", "LA-ASC", "GP"]),
			"role": set(["SW-CHILD", "SW-TEAM-MGR", "SW-EDT", "SW-ADULT", "ADOPTION-WORKER", "LADO", "DPO", "AUDITOR", "GP", "ED-NURSE", "CLERK", "RESEARCHER"]),
			"purpose": set(["A-S45", "COC", "ODD", "ERTREAT", "C-S47", "C-S17", "C-SCREEN", "FAM-OVERVIEW", "A-S42", "TREAT", "ETREAT", "BTG", "MARAC", "CP-ALERT", "PATRQT", "HTEST", "HRESCH"]),
			"case": set(["OPEN", "LAPSED", "CLOSED", "NOT_MEMBER", "NONE"]),
			"ground": set(["none", "stated", "urgent"]),
			"channel": set(["view", "product", "notice", "print", "review"]),
		},
		"flags": ["opened_by_asker"],
		"lists": {"evidence": set(["reasonable-cause", "perceived-risk", "override", "referral", "incident", "refusal"])},
	},
	"profile": {
		"words": {
			"source_organisation": set(["trust", "hospice"]),
			"source_kind": set(["acute", "sexual-health", "housing", "gp"]),
			"identity": set(["MATCH", "CONFIRMED", "NOT_CONFIRMED"]),
			"relationship": set(["own-case", "team-case", "caseload", "permission", "incident", "none"]),
			"subject": set(["case-child", "case-adult", "other"]),
			"subject_age": set(["UNDER_13", "13_17", "ADULT", "UNKNOWN"]),
			"agreement": consent_states, "objection": consent_states, "item_share": consent_states,
			"confidentiality": set(["U", "L", "M", "N", "R", "V", "NOT_YET"]),
			"adoption": set(["none", "before", "after", "NOT_YET"]),
			"currency": set(["CURRENT", "REVIEW_OVERDUE", "SUPERSEDED", "ENTERED_IN_ERROR", "NOT_YET"]),
			"event_age": set(["UP_TO_12M", "OVER_5Y", "OPEN", "NO_EVENT", "NOT_YET"]),
			"value": set(["known", "unknown-code", "NOT_YET"]),
			"owner_decision": set(["none", "approved", "disclose", "refused", "detriment", "harm"]),
			"paper": set(["CURRENT", "LAPSED", "NONE", "SUSPENDED"]),
			"paper_defect": set([defect | some defect, _ in paper_defects]),
			"isa": set(["wide", "narrow"]),
		},
		"flags": ["own", "conflict", "harm_link", "family_child", "same_place", "source_concern"],
		"lists": {
			"labels": set(["TAKEN", "ASKED", "CHILD", "PLACED", "L:ADOPT", "L:GRA", "L:HFEA", "L:PRIVILEGE", "L:PROTECTED", "L:INTEL", "L:HBA", "L:EOL", "NOT_YET"]),
			"agreed_to": set(["acute", "gp", "housing", "DM0", "DM1", "DM3", "DM4"]),
		},
	},
}

paper_defects := {
	"SOUND": {"paper": "CURRENT", "code": "NO_AGREEMENT", "missing": ["isa-class"]},
	"ROLE_NOT_NAMED": {"paper": "CURRENT", "code": "NO_AGREEMENT", "missing": ["isa-role"]},
	"DSPT_LAPSED": {"paper": "LAPSED", "code": "AGREEMENT_EXPIRED", "missing": ["dspt"]},
	"ENDED": {"paper": "LAPSED", "code": "AGREEMENT_EXPIRED", "missing": ["isa-current"]},
	"ISA_SUSPENDED": {"paper": "LAPSED", "code": "NO_AGREEMENT", "missing": ["isa-resumed"]},
	"NOT_SIGNED": {"paper": "NONE", "code": "NO_AGREEMENT", "missing": ["isa-signed"]},
	"NO_ISA": {"paper": "NONE", "code": "NO_AGREEMENT", "missing": ["isa"]},
	"PARTNER_SUSPENDED": {"paper": "SUSPENDED", "code": "PARTNER_SUSPENDED", "missing": ["partner-resumed"]},
}

consent_states := set([
	"NOT-RECORDED", "AGREED", "AGREED-LIMITED", "REFUSED", "WITHDRAWN", "NOT-SOUGHT-UNSAFE", "BEST-INTERESTS", "PROXY-LPA",
	"CHILD-OWN-VIEW", "OBJECTED", "OBJECTED-EXCEPT", "EMERGENCY-ONLY", "NDOO", "NOT_YET",
])

classes := ["DM0", "DM1", "DM4", "DM5", "ASK"]

question(context, profiles) := {
	"context": object.union(
		{
			"on": "2026-11-23", "organisation": "council", "organisation_type": "LA-CSC", "role": "SW-CHILD",
			"purpose": "C-S47", "case": "OPEN", "evidence": [], "ground": "stated", "no_consent_reason": "none",
			"channel": "view", "opened_by_asker": false,
		},
		context,
	),
	"profiles": [profile(more) | some more in profiles],
	"classes": classes,
}

profile(more) := object.union(
	{
		"source_organisation": "trust", "source_kind": "acute", "own": false, "identity": "MATCH",
		"relationship": "own-case", "conflict": false, "harm_link": false, "subject": "other",
		"family_child": false, "subject_age": "ADULT", "agreement": "NOT-RECORDED", "agreed_to": [],
		"objection": "NOT-RECORDED", "item_share": "NOT-RECORDED", "confidentiality": "N", "labels": [],
		"adoption": "none", "currency": "CURRENT", "event_age": "NO_EVENT", "same_place": false,
		"value": "known", "owner_decision": "none", "source_concern": false, "paper": "CURRENT", "isa": "wide",
	},
	more,
)

# The keys of the two, as the rules read them.
key(context, more) := key_in(book, context, more)

key_in(other, context, more) := found if {
	found := keys.of(profile(more)) with input as question(context, []) with data.book as other
}

label_key(context, more, label) := found if {
	found := keys.for_label(key(context, more), label) with data.book as book
}

# The classes named of what a rule said.
of_classes(found, wanted) := {class: finding | some class, finding in found; class in wanted}

# The code under which a rule keeps back each class, "" where it does not.
codes(found) := {class: kept_back(object.get(found, class, {})) | some class in classes}

kept_back(finding) := finding.code if {
	finding.effect in {2, 3}
} else := ""
