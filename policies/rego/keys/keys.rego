# METADATA
# title: Keys
# description: |
#   What the rules read: for a profile in its context one flat object of finite values. It holds the members of both, each a word
#   of its list or ANY_OTHER, and the groups worked out from them. Whatever is missing, of another kind or a word of nobody's
#   becomes ANY_OTHER here and nowhere else: the strictest cell of every rule that reads it.
#   Members that are lists are given to a rule one element at a time.
package mash.keys

import data.mash.ceiling
import data.mash.consent
import data.mash.currency
import data.mash.groups
import data.mash.isa
import data.mash.item_share
import data.mash.matrix
import data.mash.objection
import data.mash.obligations
import data.mash.relationship
import data.mash.role_purpose
import data.mash.sensitivity
import data.mash.statutory_bar

# METADATA
# description: The key of a profile, without what is worked out for each label and each class.
of(profile) := key if {
	own := object.union(asked, object.union(words("profile", profile), {"labels_listed": listed(profile)}))
	first := object.union(own, {
		"approved": groups.approved(own),
		"keeps_adoption_link": statutory_bar.keeps_adoption_link(own),
		"birth_family_worker": statutory_bar.birth_family_worker(own),
		"owed_by_isa": obligations.owed_by_isa(own),
		"owed_by_decision": obligations.owed_by_decision(own),
		"isa_asks": consent.isa_asks(own),
		"agreed": consent.agreed(own),
		"isa_reach": isa.isa_reach(own),
		"isa_lacks": isa.isa_lacks(own),
		"gateways_for_holder": isa.gateways_for_holder(own),
		"looked_back_to": currency.looked_back_to(own),
		"source_exceptions": sensitivity.source_exceptions(own),
		"item_exceptions": sensitivity.item_exceptions(own),
		"family_minor": sensitivity.family_minor(own),
		"about_an_adult": sensitivity.about_an_adult(own),
		"column_side": matrix.column_side(own),
		"agreed_in_isa": matrix.agreed_in_isa(own),
		"adult_service": matrix.adult_service(own),
		"end_of_life": any_label(labels(profile), "end_of_life"),
		"labelled": any_label(labels(profile), "labelled"),
		"no_contact": any_label(labels(profile), "no_contact"),
		"agreed_source": any_agreed(own, agreed_words(profile)),
	})
	second := object.union(first, {
		"beforehand": matrix.beforehand(first),
		"gateways": isa.gateways(first),
		"duties": groups.duties(first),
		"child_exceptions": sensitivity.child_exceptions(first),
	})
	key := object.union(second, {
		"gateway_reach": isa.gateway_reach(second),
		"duty_reach": isa.duty_reach(second),
		"holder_decides": groups.holder_decides(second),
	})
}

# METADATA
# description: The key for one label of the profile.
for_label(key, label) := object.union(second, {"label_says": sensitivity.label_says(second)}) if {
	first := object.union(key, {"label": label})
	second := object.union(first, {"label_read": sensitivity.label_read(first), "held": sensitivity.held(first)})
}

# METADATA
# description: The key for one class, of a profile that has these words of agreement.
for_class(key, words_agreed, class) := object.union(key, {"agreed_class": found}) if {
	found := {true | some word in words_agreed; consent.agreed_class({"agreed_word": word, "class": class})} == {true}
}

# METADATA
# description: The profile's labels, each a word of the list or ANY_OTHER, in order.
labels(profile) := elements(data.book.members.profile.lists.labels, object.get(profile, "labels", null))

# METADATA
# description: What a limited agreement names, each a word of the list or ANY_OTHER.
agreed_words(profile) := elements(data.book.members.profile.lists.agreed_to, object.get(profile, "agreed_to", null))

# METADATA
# description: The part of the key that is the same for every profile of a question.
asked := object.union(second, {
	"agreement_read": consent.agreement_read(second),
	"cause_stated": role_purpose.cause_stated(second),
	"broad": matrix.broad(second),
	"asks_about_child": sensitivity.asks_about_child(second),
	"gateways_in_force": isa.gateways_in_force(second),
	"purpose_exceptions": sensitivity.purpose_exceptions(second),
	"item_share_read": item_share.item_share_read(second),
}) if {
	first := object.union(asked_words, {
		"risk": any_evidence("risk"),
		"overridden": any_evidence("overridden"),
		"reasonable_cause": any_evidence("reasonable_cause"),
		"lifted": any_evidence("lifted"),
	})
	second := object.union(first, {
		"column": groups.column(first),
		"decision_maker": groups.decision_maker(first),
		"role_may": role_purpose.role_may(first),
		"asker_may": role_purpose.asker_may(first),
		"case_stands": role_purpose.case_stands(first),
		"reviewed": role_purpose.reviewed(first),
		"unexplained": role_purpose.unexplained(first),
		"may_break_glass": relationship.may_break_glass(first),
		"owed_by_purpose": obligations.owed_by_purpose(first),
		"relationship_read": relationship.relationship_read(first),
		"objection_read": objection.objection_read(first),
		"risk_would_do": consent.risk_would_do(first),
		"reached": ceiling.reached(first),
		"own_only": ceiling.own_only(first),
		"matrix_column": matrix.matrix_column(first),
		"screening": sensitivity.screening(first),
		"isa_read": isa.isa_read(first),
		"goes_on": isa.goes_on(first),
		"gateway_stands_in": isa.gateway_stands_in(first),
		"gateways_for_purpose": isa.gateways_for_purpose(first),
		"duties_for_purpose": isa.duties_for_purpose(first),
		"gateways_for_asker": isa.gateways_for_asker(first),
		"gateways_on_day": isa.gateways_on_day(first),
	})
}

default context := {}

context := input.context if is_object(input.context)

asked_words := object.union(words("context", context), {"on": day(object.get(context, "on", null))})

evidence := elements(data.book.members.context.lists.evidence, object.get(context, "evidence", null))

words(part, found) := object.union(
	{name: word(known, object.get(found, name, null)) | some name, known in data.book.members[part].words},
	{name: flag(object.get(found, name, null)) | some name in data.book.members[part].flags},
)

word(known, value) := value if {
	known[value]
} else := "ANY_OTHER"

flag(value) := value if {
	is_boolean(value)
} else := "ANY_OTHER"

# Days compare as text, so only what has a day's form is one.
day(value) := value if {
	is_string(value)
	count(value) == 10
	value > "1900-00-00"
	value < "9999-00-00"
} else := "ANY_OTHER"

elements(known, list) := [word(known, each) | some each in list] if {
	is_array(list)
} else := []

listed(profile) if {
	is_array(object.get(profile, "labels", null))
} else := "ANY_OTHER"

# Of a group that reads one element at a time the key holds whether it is true of any.
any_evidence(group) := {true |
	some kind in evidence
	of_evidence(group, {"purpose": asked_words.purpose, "evidence_kind": kind})
} == {true}

of_evidence("risk", key) := groups.risk(key)

of_evidence("overridden", key) := consent.overridden(key)

of_evidence("reasonable_cause", key) := role_purpose.reasonable_cause(key)

of_evidence("lifted", key) := matrix.lifted(key)

any_label(labels_there, "no_contact") := {true | some label in labels_there; obligations.no_contact({"label": label})} == {true}

any_label(labels_there, "labelled") := {true | some label in labels_there; obligations.labelled({"label": label})} == {true}

any_label(labels_there, "end_of_life") := {true | some label in labels_there; item_share.end_of_life({"label": label})} == {true}

any_agreed(key, there) := {true |
	some word in there
	consent.agreed_source({"agreed_word": word, "source_kind": key.source_kind})
} == {true}
