"""Documents that the law asks partners to write, made from the frameworks and ISAs of a policy book.

Promise: nothing stands in them that the files do not say; the same book gives the same text, byte for byte.
"""
