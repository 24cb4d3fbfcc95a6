"""Witnesses hold what each of them was shown against what the others were.

Promise: a peer is not believed: a checkpoint of its counts only where the log itself signed it; one that no peer gives,
or that cannot be read, is said and stops nothing.
"""

from collections.abc import Callable, Iterable, Sequence

from services.contract.problems import LedgerUnavailable
from services.ledger.auditing.misbehaviour import Contradiction
from services.ledger.trust_policy import NamedWitness, printable
from services.ledger.witness.witness import Witness
from services.runtime.note import BadNote

Fetch = Callable[[str, str], bytes | None]
"""(submission prefix, origin) -> the peer's newest checkpoint."""


def exchange(
    witness: Witness, peers: Iterable[NamedWitness], fetch: Fetch
) -> tuple[Sequence[Contradiction], int, Sequence[str]]:
    """Compare with every peer that has an address: contradictions found, checkpoints compared, and what could not be."""
    found: list[Contradiction] = []
    compared, gaps = 0, []
    for peer in peers:
        for origin in witness.logs if peer.url else ():
            name, note = printable(peer.name), fetch(peer.url, origin)
            if note is None:
                gaps.append(f"{name} gave no checkpoint of {origin}")
                continue
            try:
                contradiction = witness.compare(note, f"the witness {name}")
            except (BadNote, LedgerUnavailable) as error:
                gaps.append(f"what {name} gave for {origin} does not hold: {error}")
                continue
            compared += 1
            found += [contradiction] if contradiction else []
    return found, compared, gaps
