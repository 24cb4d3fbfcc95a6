"""Policy: decides field by field what may be released, from profiles that name nobody.

Promise: what it does not decide is withheld, and what cannot be decided whole is not answered.
Read `decide.py` first.
"""
