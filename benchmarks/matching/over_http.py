"""`$match` over HTTP: the whole way of a question, from the socket to the last byte of the answer.

Promise: the hub is the real one, served on loopback and asked as a partner's system asks for a signed-in worker; each answer
is decided cell by cell and stands in the ledger, durable, before it leaves; an answer that is not 200 stops the run.

An answer that settles on nobody waits for the next quarter of a second, so that its speed tells nothing (docs/adr/0017). That
wait is part of what a partner sees, and no part of the work: both are printed, and the bar is held against the work.

Who is asked about takes turns: by number, by names and date, and somebody whom nobody knows. The hub holds the invented
families alone: what the number of people costs is measured without HTTP, by the other rows.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.matching.gates import Table, quantile
from services.contract.about import NHS_NUMBER
from services.gateway.hub import Hub
from tests.hub.served import MIA, SOCIAL_WORKER, a_served

MOST = 50.0
"""Milliseconds at p95."""
WARM = 9
_NAMED: dict[str, Any] = {
    "resourceType": "Patient",
    "name": [{"family": MIA["family"], "given": [MIA["given"]]}],
    "birthDate": MIA["birth_date"],
}
_ASKED: tuple[dict[str, Any], ...] = (
    _NAMED | {"identifier": [{"system": NHS_NUMBER, "value": MIA["nhs_number"]}]},
    _NAMED,
    {"resourceType": "Patient", "name": [{"family": "Quist", "given": ["Oona"]}], "birthDate": "1961-08-30"},
)


def measure(table: Table, turns: int) -> None:
    """The row of HTTP, of so many questions."""
    with tempfile.TemporaryDirectory() as folder, a_served(Path(folder), searches_an_hour=100_000) as hub:
        token, case = hub.token(SOCIAL_WORKER), hub.case()
        clock: list[float] = []
        work: list[float] = []
        for turn in range(WARM + turns):
            rows = [{"name": "resource", "resource": _ASKED[turn % len(_ASKED)]}]
            body = {"resourceType": "Parameters", "parameter": rows}
            began = time.perf_counter()
            with _waiting() as waited:
                answer = hub.raw("POST", "/fhir/Patient/$match", token, body, more=(f"Mash-Case: {case}",))
            spent = time.perf_counter() - began
            if answer.split(b" ", 2)[1] != b"200":
                raise SystemExit("$match over HTTP was not answered")
            if turn >= WARM:
                clock.append(1_000 * spent)
                work.append(1_000 * (spent - sum(waited)))
    whole, without = (
        " / ".join(f"{quantile(some, at):.1f}" for at in (0.5, 0.95, 0.99)) for some in (clock, work)
    )
    words = f"{without} ms of work; with the wait of an answer that settles on nobody {whole} ms"
    words += f" ({turns} questions in turn, the whole line, the invented families alone)"
    table.gate("http", words, quantile(work, 0.95) <= MOST, f"p95 of the work <= {MOST:g} ms")


@contextmanager
def _waiting() -> Iterator[list[float]]:
    """Seconds that answers wait on purpose, while this holds."""
    waited: list[float] = []
    wait = Hub.wait_for_grid

    def timed(hub: Hub, started: datetime) -> None:
        began = time.perf_counter()
        wait(hub, started)
        waited.append(time.perf_counter() - began)

    with patch.object(Hub, "wait_for_grid", timed):
        yield waited
