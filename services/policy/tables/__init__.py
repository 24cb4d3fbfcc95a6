"""Tables: what each rule says of every key that it can have, decided once by the engine and looked up ever after.

Promise: a cell composed from tables is the cell that the engine would have given.
Read `shape.py` (what there is), `build.py` (how it is decided), `walk.py` (how it is looked up) in that order.
"""
