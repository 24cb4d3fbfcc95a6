"""What an answer leaves for the copies of those in it: which kinds of information about them left, and whether they may be told.

Promise: it is a part of the sealed decision record, one for each person of whom something leaves and under that person's keys;
the entry commits to it, and it goes with the person. Making one never changes the answer.
"""

import secrets
from collections.abc import Mapping, Sequence

from services.contract.canonical import b64u, canonical
from services.contract.releases import Part, Prepared


def parts(prepared: Prepared, held_back: str, kinds: Mapping[str, Sequence[str]]) -> tuple[Part, ...]:
    """`own: {handle, kinds, held_back}` beside the members of a part that decides nothing (`contract/decisions.py`, `joined`).

    `held_back`: a code of held-back.json, or empty; `kinds`: person -> classes of which something leaves.
    """
    return tuple(
        Part(
            (one.subject,),
            canonical(
                {
                    "calls": [],
                    "cells": [],
                    "objection": False,
                    "salt": b64u(secrets.token_bytes(32)),
                    "own": {
                        "handle": one.handle,
                        "kinds": sorted(kinds.get(one.subject, ())),
                        "held_back": held_back,
                    },
                }
            ),
        )
        for one in prepared.subjects
        if one.salts
    )
