"""What an answer says besides its records: who answered, what was withheld, ties, contacts, differences."""
