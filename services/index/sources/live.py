"""Sources that are asked at query time, over FHIR.

Promise: a live source learns an NHS number and a date of birth, in the body of the request, and nothing else: not in
the address, no asker, no case; it is never followed elsewhere, never waited for beyond its budget, never read beyond a
size; what it answers counts only where it is valid R4 and about the person asked for.

The question is `POST [base]/Patient/_search`, form-encoded (FHIR R4 search, section 3.1.1.1):
`identifier=https://fhir.nhs.uk/Id/nhs-number|<number>&birthdate=<date>&_revinclude=*:patient`; the answer a searchset
Bundle of the Patient and the patient's records. An empty Bundle is NIL.
"""

import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx2

from services.contract.about import NHS_NUMBER
from services.contract.canonical import NotJson, parse
from services.contract.directory import Source
from services.index.ports import Gate
from services.index.read import dicts, summarise, text_of

MOST_BYTES = 8_000_000
MOST_RESOURCES = 2_000
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: a source about one person."""

    source: Source
    person: str
    number: str = field(repr=False)
    birth_date: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came: a state, and the valid resources about the person."""

    state: str
    resources: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    dropped: int = 0
    """Resources that were not valid, or were about somebody else."""


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates are believed, whatever the environment says: the list is long, and read once in a process."""
    return httpx2.create_ssl_context(trust_env=False)


class LiveSources:
    """Asks live sources in parallel."""

    def __init__(self, gate: Gate, transport: httpx2.BaseTransport | None = None) -> None:
        # The environment's proxies are not asked: a number would pass through them.
        self._client = httpx2.Client(
            transport=transport, verify=trusted(), follow_redirects=False, trust_env=False
        )
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="live-source")
        self._gate = gate

    def ask(self, asks: Sequence[Ask], deadline_ms: int) -> dict[tuple[str, str], Reply]:
        """(source, person) -> reply, each within its source's budget and all within the deadline."""
        until = time.monotonic() + deadline_ms / 1000
        waiting: dict[tuple[str, str], Future[Reply]] = {}
        for ask in asks:
            end = min(until, time.monotonic() + ask.source.budget_ms / 1000)
            waiting[ask.source.id, ask.person] = self._pool.submit(self._one, ask, end)
        wait(waiting.values(), timeout=max(0.0, until - time.monotonic()))
        return {
            key: future.result() if future.done() else _abandon(future) for key, future in waiting.items()
        }

    def close(self) -> None:
        """Let go of connections; what is still waiting is left to its time limit."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def _one(self, ask: Ask, end: float) -> Reply:
        try:
            raw = self._fetch(ask, end)
            return self._read(ask, parse(raw)) if raw is not None else Reply("SOURCE_DOWN")
        except httpx2.TimeoutException:
            return Reply("NO_RESPONSE")
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, NotJson, OSError, RuntimeError):
            return Reply("SOURCE_DOWN")

    def _fetch(self, ask: Ask, end: float) -> bytes | None:
        """The body of a 200 in JSON, or None; raises `TimeoutException` past `end`, however slowly bytes drip in."""
        form = {
            "identifier": f"{NHS_NUMBER}|{ask.number}",
            "birthdate": ask.birth_date,
            "_revinclude": "*:patient",
        }
        headers = {"Accept": "application/fhir+json", "Accept-Encoding": "identity"}
        url = f"{ask.source.address.rstrip('/')}/Patient/_search"
        with self._client.stream("POST", url, data=form, headers=headers, timeout=_left(end)) as response:
            kind = response.headers.get("content-type", "").partition(";")[0].strip()
            encoded = response.headers.get("content-encoding", "identity") != "identity"
            if (
                response.status_code != 200
                or encoded
                or kind not in ("application/fhir+json", "application/json")
            ):
                return None
            body = bytearray()
            for chunk in response.iter_raw():
                body += chunk
                _left(end)
                if len(body) > MOST_BYTES:
                    return None
            return bytes(body)

    def _read(self, ask: Ask, bundle: Any) -> Reply:
        if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
            return Reply("SOURCE_DOWN")
        sent = [
            one["resource"] for one in dicts(bundle.get("entry")) if isinstance(one.get("resource"), dict)
        ]
        if len(sent) > MOST_RESOURCES:
            return Reply("SOURCE_DOWN")
        valid = [resource for resource in sent if not self._gate(resource)]
        kept = tuple(_about(ask, valid))
        return Reply("HELD" if kept else "NIL", kept, len(sent) - len(kept))


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise httpx2.ReadTimeout("past the budget")
    return left


def _abandon(future: Future[Reply]) -> Reply:
    future.cancel()
    return Reply("NO_RESPONSE")


def _about(ask: Ask, resources: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The Patient with that number and date of birth, what names that Patient, and what is about nobody."""
    patients = {
        f"Patient/{text_of(one.get('id'))}"
        for one in resources
        if one.get("resourceType") == "Patient" and _is_asked(ask, one)
    }
    if not patients:
        return
    for resource in resources:
        kind = text_of(resource.get("resourceType"))
        if kind == "Patient":
            if f"Patient/{text_of(resource.get('id'))}" in patients:
                yield resource
        elif {text_of(one.get("reference")) for one in _subjects(resource)} & patients:
            yield resource


def _subjects(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in ("subject", "patient", "for", "beneficiary"):
        for one in dicts(resource.get(name)):
            # A server may write its own address before the reference.
            written = text_of(one.get("reference"))
            yield {"reference": "/".join(written.rsplit("/", 2)[-2:])}


def _is_asked(ask: Ask, patient: Mapping[str, Any]) -> bool:
    summary = summarise(patient, traces=True, confidentiality="N")
    return summary.birth_date == ask.birth_date and ask.number in {number.value for number in summary.numbers}
