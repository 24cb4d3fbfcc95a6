"""Builds the R4 gate (r4.schema.json, references.json) from HL7's own definitions; started by ../generate.py.

Promise: nothing here is copied from HL7 by hand, and the same definitions always give the same bytes.
"""
