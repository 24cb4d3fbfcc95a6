"""What a change of the policies would change: old book against new, over every question and over what was decided."""
