"""API and pages for people and partner systems; runs the main line."""
