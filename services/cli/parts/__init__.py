"""The real Kafka, OPA and PostgreSQL, obtained by package clients and run on this machine.

Promise: nothing runs that a lock or a version does not name, and no container engine is needed.
"""
