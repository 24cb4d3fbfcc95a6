"""Two books compared exactly: by the rows of their rules' tables and by the paper between their partners.

Promise: where it says that nothing widens, no question releases more under the new book than under the old; what it cannot
compare counts as widening.
Read `order.py` (which way a row goes), `papers.py` and `beside.py` (which rows stand against which), `shifts.py` (the
comparison), `excused.py` (what another rule keeps back), `beyond.py` (what no table shows) and `words.py` in that order.
"""
