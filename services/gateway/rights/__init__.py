"""What a person may ask of the hub itself: a report, and erasure; and the legal holds that stand against erasure."""
