"""How entries name a member of staff who is not the one that acts.

Promise: the same pseudonym as in `asker.user`, so that an auditor sees that it is one person, and not who.
"""

from services.contract.canonical import b64u
from services.runtime.keys import KeyFolder


def of_staff(keys: KeyFolder, id: str) -> str:
    """22 characters for an opaque id of the staff register."""
    return b64u(keys.mac("ledger-pseudonyms").of("user", id)[:16])
