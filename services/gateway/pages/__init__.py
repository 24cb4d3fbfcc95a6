"""The pages of staff: sign in, cases, find a person, family view, receipt. They work without JavaScript."""
