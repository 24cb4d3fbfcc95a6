"""What holders of records may learn of who was shown them: their own view, notices, and what is held back from both."""
