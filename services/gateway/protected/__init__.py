"""People under witness protection: the one officer of each organisation who finds them, and who is alerted."""
