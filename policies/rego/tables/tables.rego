# METADATA
# title: One rule for many keys
# description: |
#   What the tables are made from: the answer of one factor or group, by its name, for each of a list of keys. A key holds just
#   what that one reads. A name of nobody's, and a key that cannot be decided, has null.
package mash.tables

import data.mash.ask
import data.mash.ceiling
import data.mash.channel
import data.mash.confidentiality
import data.mash.conflict
import data.mash.consent
import data.mash.currency
import data.mash.groups
import data.mash.harm
import data.mash.identity
import data.mash.isa
import data.mash.item_share
import data.mash.main
import data.mash.matrix
import data.mash.objection
import data.mash.obligations
import data.mash.owner_decision
import data.mash.relationship
import data.mash.role_purpose
import data.mash.sensitivity
import data.mash.statutory_bar

# METADATA
# title: One factor or group
# description: |
#   {revision, found, composing}: `found` by position of the keys; `composing` is what putting findings together goes by.
# entrypoint: true
answer := {
	"revision": data.book.revision,
	"found": [decided(input.name, key) | some key in input.keys],
	"composing": {
		"order": main.order,
		"effects": main.effects,
		"recorded_at": main.recorded_at,
		"shown_at": main.shown_at,
		"shown_as": data.book.shown_as,
		"axes": data.book.axes,
	},
}

default decided(_, _) := null

decided("ask", key) := ask.of(key)

decided("reached", key) := ceiling.reached(key)

decided("own_only", key) := ceiling.own_only(key)

decided("ceiling", key) := ceiling.of(key)

decided("channel", key) := channel.of(key)

decided("channel_label", key) := channel.of_label(key)

decided("confidentiality", key) := confidentiality.of(key)

decided("conflict", key) := conflict.of(key)

decided("overridden", key) := consent.overridden(key)

decided("agreement_read", key) := consent.agreement_read(key)

decided("risk_would_do", key) := consent.risk_would_do(key)

decided("isa_asks", key) := consent.isa_asks(key)

decided("agreed", key) := consent.agreed(key)

decided("agreed_source", key) := consent.agreed_source(key)

decided("agreed_class", key) := consent.agreed_class(key)

decided("consent", key) := consent.of(key)

decided("looked_back_to", key) := currency.looked_back_to(key)

decided("currency", key) := currency.of(key)

decided("value", key) := currency.of_value(key)

decided("risk", key) := groups.risk(key)

decided("column", key) := groups.column(key)

decided("decision_maker", key) := groups.decision_maker(key)

decided("approved", key) := groups.approved(key)

decided("harm", key) := harm.of(key)

decided("identity", key) := identity.of(key)

decided("isa_read", key) := isa.isa_read(key)

decided("isa_reach", key) := isa.isa_reach(key)

decided("gateway_stands_in", key) := isa.gateway_stands_in(key)

decided("gateways_for_purpose", key) := isa.gateways_for_purpose(key)

decided("duties_for_purpose", key) := isa.duties_for_purpose(key)

decided("duty_reach", key) := isa.duty_reach(key)

decided("duties", key) := groups.duties(key)

decided("holder_decides", key) := groups.holder_decides(key)

decided("gateways_for_asker", key) := isa.gateways_for_asker(key)

decided("gateways_for_holder", key) := isa.gateways_for_holder(key)

decided("gateways_on_day", key) := isa.gateways_on_day(key)

decided("gateways_in_force", key) := isa.gateways_in_force(key)

decided("gateways", key) := isa.gateways(key)

decided("gateway_reach", key) := isa.gateway_reach(key)

decided("isa_lacks", key) := isa.isa_lacks(key)

decided("isa", key) := isa.of(key)

decided("goes_on", key) := isa.goes_on(key)

decided("agreement_lapsed", key) := isa.warnings(key)

decided("item_share_read", key) := item_share.item_share_read(key)

decided("end_of_life", key) := item_share.end_of_life(key)

decided("item_share", key) := item_share.of(key)

decided("matrix_column", key) := matrix.matrix_column(key)

decided("column_side", key) := matrix.column_side(key)

decided("lifted", key) := matrix.lifted(key)

decided("broad", key) := matrix.broad(key)

decided("adult_service", key) := matrix.adult_service(key)

decided("agreed_in_isa", key) := matrix.agreed_in_isa(key)

decided("beforehand", key) := matrix.beforehand(key)

decided("matrix", key) := matrix.of(key)

decided("objection_read", key) := objection.objection_read(key)

decided("objection", key) := objection.of(key)

decided("owed_by_isa", key) := obligations.owed_by_isa(key)

decided("labelled", key) := obligations.labelled(key)

decided("no_contact", key) := obligations.no_contact(key)

decided("owed_by_purpose", key) := obligations.owed_by_purpose(key)

decided("owed_by_decision", key) := obligations.owed_by_decision(key)

decided("obligations", key) := obligations.of(key)

decided("owner_decision", key) := owner_decision.of(key)

decided("relationship_read", key) := relationship.relationship_read(key)

decided("may_break_glass", key) := relationship.may_break_glass(key)

decided("relationship", key) := relationship.of(key)

decided("role_may", key) := role_purpose.role_may(key)

decided("asker_may", key) := role_purpose.asker_may(key)

decided("case_stands", key) := role_purpose.case_stands(key)

decided("reasonable_cause", key) := role_purpose.reasonable_cause(key)

decided("cause_stated", key) := role_purpose.cause_stated(key)

decided("unexplained", key) := role_purpose.unexplained(key)

decided("reviewed", key) := role_purpose.reviewed(key)

decided("role_purpose", key) := role_purpose.of(key)

decided("purpose_exceptions", key) := sensitivity.purpose_exceptions(key)

decided("source_exceptions", key) := sensitivity.source_exceptions(key)

decided("item_exceptions", key) := sensitivity.item_exceptions(key)

decided("family_minor", key) := sensitivity.family_minor(key)

decided("asks_about_child", key) := sensitivity.asks_about_child(key)

decided("screening", key) := sensitivity.screening(key)

decided("child_exceptions", key) := sensitivity.child_exceptions(key)

decided("held", key) := sensitivity.held(key)

decided("label_says", key) := sensitivity.label_says(key)

decided("label_read", key) := sensitivity.label_read(key)

decided("about_an_adult", key) := sensitivity.about_an_adult(key)

decided("sensitivity", key) := sensitivity.of(key)

decided("keeps_adoption_link", key) := statutory_bar.keeps_adoption_link(key)

decided("birth_family_worker", key) := statutory_bar.birth_family_worker(key)

decided("adoption", key) := statutory_bar.of(key)

decided("statutory_bar", key) := statutory_bar.of_label(key)
