"""`$match` over HTTP: the whole way of a question, from the socket to the last byte of the answer.

Promise: the hub is the real one, served on loopback and asked as a partner's system asks for a signed-in worker; each answer
is decided cell by cell and stands in the ledger, durable, before it leaves; an answer that is not 200 stops the run.

Who is asked about takes turns: by number, by names and date, and somebody whom nobody knows. The hub holds the invented
families alone: what the number of people costs is measured without HTTP, by the other rows.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.matching.gates import Table, quantile
from services.contract.about import NHS_NUMBER
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
        clock = []
        for turn in range(WARM + turns):
            rows = [{"name": "resource", "resource": _ASKED[turn % len(_ASKED)]}]
            body = {"resourceType": "Parameters", "parameter": rows}
            began = time.perf_counter()
            answer = hub.raw("POST", "/fhir/Patient/$match", token, body, more=(f"Mash-Case: {case}",))
            spent = time.perf_counter() - began
            if answer.split(b" ", 2)[1] != b"200":
                raise SystemExit("$match over HTTP was not answered")
            if turn >= WARM:
                clock.append(1_000 * spent)
    words = " / ".join(f"{quantile(clock, at):.1f}" for at in (0.5, 0.95, 0.99))
    words += f" ms, {turns} questions in turn, the whole line, the invented families alone"
    table.gate("http", words, quantile(clock, 0.95) <= MOST, f"p95 <= {MOST:g} ms")
