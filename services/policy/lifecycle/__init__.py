"""The life of a book of rules: proposed, signed, put in force by the running hub, and rolled back.

Promise: outside the live folder of a demonstration, no book decides that the people named in the book before it have not
signed. Read `take_up.py` first.
"""
