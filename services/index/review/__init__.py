"""Doubts about identity, put before people: tasks, answers, what follows from them, and how far reviewers agree."""
