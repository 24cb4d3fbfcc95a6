"""Who is who, who belongs to whom, and what each source holds.

Promise: a link is an edge, never a merge; the answer to a publish never depends on what it was linked to; everything
about a person is sealed at rest. `open.py` opens it; `ports.py` says what it needs of others.
"""
