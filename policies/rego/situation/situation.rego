# METADATA
# title: Situation
# description: |
#   What is the same for every cell of one question. Not a rule: it answers nothing about a cell.
#   A purpose outside the vocabulary has no facts, and every rule that needs one then withholds.
package mash.situation

# METADATA
# description: The facts of the purpose, or none.
default purpose := {}

purpose := data.book.purposes[input.context.purpose]

# METADATA
# description: Whether somebody recorded a perceived risk on the case.
default risk := false

risk if "perceived-risk" in input.context.evidence

# METADATA
# description: Column of the sensitivity table. What is not known is C, which takes away most.
default column := "C"

column := purpose.sensitivity_column if purpose.sensitivity_column in {"A", "B"}

column := "A" if {
	purpose.sensitivity_column == "A_IF_RISK"
	risk
}

# METADATA
# description: The decision maker of the case, a team manager or the emergency duty worker who opened it.
default decision_maker := false

decision_maker if input.context.role == "SW-TEAM-MGR"

decision_maker if {
	input.context.role == "SW-EDT"
	input.context.opened_by_asker == true
}

# METADATA
# description: Whether a ground to go on was stated. An urgent ground is a stated one.
default grounded := false

grounded if input.context.ground in {"stated", "urgent"}

# METADATA
# description: The classes asked for that a field may have, in no order.
fields := {class | some class in input.classes} - questions

# METADATA
# description: Everything asked for, the two questions before a source is asked included.
asked_for := {class | some class in input.classes}

# METADATA
# description: The two questions that are decided like classes, before a source is asked.
questions := {"ASK", "QUERY"}
