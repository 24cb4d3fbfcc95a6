"""How one record is taken apart so that what may leave is still a record: the parts of `minimise.py`."""
