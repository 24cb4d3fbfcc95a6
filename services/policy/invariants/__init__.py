"""The invariants: what must hold of every decision, written from law and practice and apart from the rules.

Promise: no module here reads the rules, the tables made from them, or the catalogue; a rule that is wrong and an invariant
that is wrong would have to be wrong in the same way, by two hands.
"""
