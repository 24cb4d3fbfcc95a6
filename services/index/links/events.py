"""The order in which things came to the index.

Promise: every write that a link may rest on has one place in one order, the order of the commits; nothing of a person stands
in it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from services.index.schema import EVENT

PUBLISH, PROTECTION_ENDED = "publish", "protection-ended"
JOINED, WITHDRAWN = "joined", "withdrawn"
EXCLUDED, LIFTED = "excluded", "lifted"


def happened(connection: Connection, kind: str, ref: str, at: str) -> int:
    """Give the next place in the order to something; write transactions run alone, so it is the order of commits."""
    fresh = insert(EVENT).values(kind=kind, ref=ref, at=at).returning(EVENT.c.seq)
    return int(connection.execute(fresh).scalar_one())


def since(connection: Connection, first: int) -> Sequence[Any]:
    """Rows from `first` on, in their order."""
    return connection.execute(select(EVENT).where(EVENT.c.seq >= first).order_by(EVENT.c.seq)).all()
