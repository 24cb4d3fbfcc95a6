"""A general practice that is asked at the moment of a question: a small FHIR server in a process of its own.

Promise: it listens on loopback only, answers by NHS number and date of birth together or with nothing, takes
them in a body and never in an address, and keeps no log of who was asked about.
"""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import typer
from fastapi import FastAPI, Form, Response

from services.cli.demo.families import northshire
from services.cli.demo.families.build import Resource
from services.cli.serve import LISTENING, LOOPBACK, first_free, port_of
from services.contract.about import NHS_NUMBER
from services.contract.canonical import emit

SOURCE = "northshire-gp-live"
PORT = 8712
FHIR_JSON = "application/fhir+json"


class Knobs:
    """How the source misbehaves, read anew at each question from a file that a test may write.

    `{"delay": 2.5}`, `{"down": true}`, `{"garbage": true}`.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def read(self) -> dict[str, Any]:
        """The knobs as they stand; none without a file."""
        if self._file is None or not self._file.is_file():
            return {}
        found: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
        return found


def live_app(knobs: Knobs) -> FastAPI:
    """The practice as an ASGI app."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/fhir/metadata")
    def metadata() -> Response:
        return Response(emit(_CAPABILITIES), media_type=FHIR_JSON)

    @app.post("/fhir/Patient/_search")
    def search(identifier: Annotated[str, Form()], birthdate: Annotated[str, Form()]) -> Response:
        turned = knobs.read()
        time.sleep(float(turned.get("delay", 0)))
        if turned.get("down"):
            return Response(emit(_DOWN), 503, media_type=FHIR_JSON)
        if turned.get("garbage"):
            return Response(b'{"resourceType": "Bundle", "entry": [', media_type=FHIR_JSON)
        found = list(_matches(_records(datetime.now(UTC).date().isoformat()), identifier, birthdate))
        return Response(emit(_searchset(found)), media_type=FHIR_JSON)

    return app


@lru_cache(maxsize=1)
def _records(day: str) -> tuple[Resource, ...]:
    return tuple(northshire(datetime.fromisoformat(day).date()).live[SOURCE])


def _matches(
    records: tuple[Resource, ...], identifier: str, birthdate: str
) -> Iterator[tuple[str, Resource]]:
    """Each patient of that number and date of birth, then everything that is about them."""
    system, _, number = identifier.partition("|")
    for patient in records:
        numbers = {one["value"] for one in patient.get("identifier", ()) if one["system"] == NHS_NUMBER}
        if patient["resourceType"] != "Patient" or system != NHS_NUMBER or number not in numbers:
            continue
        if patient["birthDate"] != birthdate:
            continue
        yield "match", patient
        me = f"Patient/{patient['id']}"
        for record in records:
            about = record.get("subject") or record.get("patient") or {}
            if isinstance(about, dict) and about.get("reference") == me:
                yield "include", record


def _searchset(found: list[tuple[str, Resource]]) -> Resource:
    entries = [
        {
            "fullUrl": f"https://{SOURCE}.example/fhir/{record['resourceType']}/{record['id']}",
            "resource": record,
            "search": {"mode": mode},
        }
        for mode, record in found
    ]
    total = sum(mode == "match" for mode, _ in found)
    return {"resourceType": "Bundle", "type": "searchset", "total": total} | (
        {"entry": entries} if entries else {}
    )


_CAPABILITIES: Resource = {
    "resourceType": "CapabilityStatement",
    "status": "active",
    "date": "2026-01-01",
    "kind": "instance",
    "implementation": {"description": "Demonstration practice"},
    "fhirVersion": "4.0.1",
    "format": ["json"],
    "rest": [{"mode": "server", "resource": [{"type": "Patient", "interaction": [{"code": "search-type"}]}]}],
}
_DOWN: Resource = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "fatal", "code": "transient", "diagnostics": "The practice's system is down."}],
}


def serve(port: int = PORT, control: Path | None = None) -> None:
    """Listen on loopback, at this port or the next that is free, until ended."""
    import uvicorn

    sock = first_free(port)
    print(f"{LISTENING} {LOOPBACK}:{port_of(sock)}", flush=True)
    config = uvicorn.Config(live_app(Knobs(control)), access_log=False, log_level="warning")
    uvicorn.Server(config).run([sock])


if __name__ == "__main__":
    typer.run(serve)
