# METADATA
# title: Classes
# description: |
#   For which classes the rules answer - those of the vocabulary, one that stands for a class in no list, and the questions that
#   are decided like classes - the two before a source is asked about a person, and whether its people may be counted.
package mash.classes

# METADATA
# description: Stands for any class that is in no list.
unlisted := "ANY_OTHER"

# METADATA
# description: The classes that a field may have.
fields := {class | some class, _ in data.book.classes} | {unlisted}

# METADATA
# description: The two questions - may this source be asked about this person, and may it be sent number and date of birth.
questions := {"ASK", "QUERY"}

# METADATA
# description: The question about nobody - may the people of this source be counted into a table.
numbers := "COUNT"

# METADATA
# description: Everything that a rule answers for.
all := (fields | questions) | {numbers}

# METADATA
# description: The class as the rules know it.
slot(class) := class if {
	class in all
} else := unlisted
