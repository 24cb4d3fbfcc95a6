# METADATA
# title: Groups
# description: |
#   Values that several rules read, worked out from a few members of the key. Not a rule: it takes nothing away.
#   A group that only one rule reads stands in that rule's file. A value that cannot be worked out is the one that takes most.
package mash.groups

# METADATA
# description: Whether somebody recorded a perceived risk on the case.
# custom:
#   group: risk
#   any: evidence
#   reads: [evidence_kind]
default risk(_) := false

risk(key) if key.evidence_kind == "perceived-risk"

# METADATA
# description: Column of the sensitivity table. What is not known is C, which takes away most.
# custom:
#   group: column
#   reads: [purpose, risk]
default column(_) := "C"

column(key) := found if {
	found := data.book.purposes[key.purpose].sensitivity_column
	found in {"A", "B"}
}

column(key) := "A" if {
	data.book.purposes[key.purpose].sensitivity_column == "A_IF_RISK"
	key.risk
}

# METADATA
# description: The decision maker of the case, a team manager or the emergency duty worker who opened it.
# custom:
#   group: decision_maker
#   reads: [role, opened_by_asker]
default decision_maker(_) := false

decision_maker(key) if key.role == "SW-TEAM-MGR"

decision_maker(key) if {
	key.role == "SW-EDT"
	key.opened_by_asker == true
}

# METADATA
# description: Whether the organisation that holds the record approved its release for this case.
# custom:
#   group: approved
#   reads: [owner_decision]
default approved(_) := false

approved(key) if key.owner_decision == "approved"

# METADATA
# description: |
#   The gateways by which the holder here and today has a decision to make (Children Act 2004 section 16LA), once they are in force.
# custom:
#   group: duties
#   reads: [duties_for_purpose, gateways_for_asker, gateways_for_holder, gateways_on_day]
duties(key) := sort([id |
	some id in key.duties_for_purpose
	id in key.gateways_for_asker
	id in key.gateways_for_holder
	id in key.gateways_on_day
])

# METADATA
# description: |
#   How far the holder's decision under such a gateway has come - none to make, to-decide, disclosed, or kept-back, of which the
#   owner's decision rule speaks. An approval of a record is a decision to disclose it.
# custom:
#   group: holder_decides
#   reads: [duties, owner_decision]
holder_decides(key) := "none" if {
	key.duties == []
} else := "to-decide" if {
	key.owner_decision == "none"
} else := "disclosed" if {
	key.owner_decision in {"disclose", "approved"}
} else := "kept-back"
