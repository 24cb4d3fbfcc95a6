"""Reviewing doubts about identity: a release under a purpose of its own, and the answers of reviewers."""
