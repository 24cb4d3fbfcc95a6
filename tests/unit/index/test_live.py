"""Live sources: what they are sent, how long they are waited for, and what of their answer counts."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from services.contract.canonical import emit
from services.contract.people import Gather, Gathered, Resolve
from services.index.index import Index
from services.index.sources.live import MOST_BYTES, Ask, LiveSources, Reply
from services.runtime import fhir
from tests.unit.index.northshire import (
    BOOK,
    DANA,
    MIA,
    ON,
    about,
    flag,
    home,
    patient,
    publish,
    relative,
    small_index,
)

BORN = "2019-05-07"
MH = BOOK.sources["mh"]
ME = patient("m", "Mia Reid", BORN, MIA)
Handler = Callable[[httpx2.Request], httpx2.Response]


def bundle(*resources: dict[str, Any]) -> httpx2.Response:
    entries = [{"resource": resource} for resource in resources]
    body = emit({"resourceType": "Bundle", "type": "searchset", "entry": entries})
    return sent(body, "application/fhir+json; charset=utf-8")


def sent(body: bytes, kind: str = "application/json") -> httpx2.Response:
    """A 200 that is streamed, as one that comes over a wire is."""
    return httpx2.Response(200, content=iter([body]), headers={"content-type": kind})


def asked(handler: Handler, budget_ms: int = 20_000, deadline_ms: int = 20_000) -> Reply:
    source = replace(MH, budget_ms=budget_ms)
    live = LiveSources(fhir.faults, httpx2.MockTransport(handler))
    try:
        return live.ask([Ask(source, "p", MIA, BORN)], deadline_ms)["mh", "p"]
    finally:
        live.close()


def answer(response: httpx2.Response) -> Handler:
    return lambda _: response


def test_it_is_sent_number_and_date_of_birth_in_the_body_and_nothing_else() -> None:
    seen: list[httpx2.Request] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return bundle()

    assert asked(handler).state == "NIL"
    (request,) = seen
    assert (request.method, str(request.url)) == ("POST", "http://mh.test/fhir/Patient/_search")
    form = httpx2.QueryParams(request.content.decode())
    assert dict(form) == {
        "identifier": f"https://fhir.nhs.uk/Id/nhs-number|{MIA}",
        "birthdate": BORN,
        "_revinclude": "*:patient",
    }
    assert set(request.headers) <= {"host", "accept", "accept-encoding", "content-type", "content-length",
                                    "connection", "user-agent"}  # fmt: skip


def test_what_is_about_the_person_counts_and_what_is_not_is_dropped() -> None:
    other = patient("x", "Leo Reid", "2021-01-01", "9991000038")
    invalid = flag("bad", "m") | {"status": "nonsense"}
    reply = asked(answer(bundle(ME, flag("f", "m"), flag("g", "x"), other, invalid)))
    assert (reply.state, reply.dropped) == ("HELD", 3)
    assert [resource["id"] for resource in reply.resources] == ["m", "f"]


@pytest.mark.parametrize(
    "wrong", [patient("m", "Mia Reid", "2019-05-08", MIA), patient("m", "Mia Reid", BORN)]
)
def test_records_of_somebody_else_are_nil(wrong: dict[str, Any]) -> None:
    assert asked(answer(bundle(wrong, flag("f", "m")))).state == "NIL"


def _fails(error: Exception) -> Handler:
    def handler(_: httpx2.Request) -> httpx2.Response:
        raise error

    return handler


@pytest.mark.parametrize(
    "handler",
    [
        _fails(httpx2.ConnectError("refused")),
        _fails(httpx2.RemoteProtocolError("half a line")),
        answer(httpx2.Response(500)),
        answer(httpx2.Response(302, headers={"location": "http://elsewhere.test/"})),
        answer(sent(b"{")),
        answer(sent(b'{"resourceType":"Patient"}')),
        answer(sent(b'{"resourceType":"Bundle"}', "text/html")),
        answer(sent(b'{"resourceType":"Bundle"}' + b" " * MOST_BYTES)),
        answer(sent(b"[" * 100_000)),
    ],
)
def test_refused_broken_redirected_or_not_fhir_is_down(handler: Handler) -> None:
    assert asked(handler).state == "SOURCE_DOWN"


def test_a_redirect_is_not_followed() -> None:
    seen = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.url.host)
        return httpx2.Response(307, headers={"location": "http://elsewhere.test/"})

    asked(handler)
    assert seen == ["mh.test"]


def test_late_is_no_response_and_within_the_budget() -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(100):
            time.sleep(0.1)
            yield b" "

    def slow(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=drip(), headers={"content-type": "application/json"})

    started = time.monotonic()
    assert asked(slow, budget_ms=150).state == "NO_RESPONSE"
    assert asked(slow, budget_ms=5000, deadline_ms=150).state == "NO_RESPONSE"
    assert asked(_fails(httpx2.ConnectTimeout("late"))).state == "NO_RESPONSE"
    assert time.monotonic() - started < 8


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    opened = small_index(tmp_path)
    yield opened
    opened.close()


def gather(index: Index, handler: Handler) -> Gathered:
    """Mia asked of the live source and of social care."""
    index._live = LiveSources(fhir.faults, httpx2.MockTransport(handler))
    mia = index.resolve(Resolve(about(nhs=MIA, born=BORN), ON)).people[0].person
    return index.gather(Gather((("mh", mia), ("csc", mia)), {mia: (MIA, BORN)}, ON, 20_000))


def test_live_and_published_records_come_together_and_a_live_label_holds_for_both(index: Index) -> None:
    publish(index, "csc", ME)
    objects = {"resourceType": "Consent", "id": "c", "status": "active", "patient": {"reference": "Patient/m"},
               "scope": {"coding": [{"code": "patient-privacy"}]}, "category": [{"text": "x"}],
               "policyRule": {"coding": [{"code": "OPTOUT"}]}}  # fmt: skip
    found = gather(index, answer(bundle(ME, flag("f", "m", "L:SAFEADDR"), objects)))
    mia = found.items[0].person
    assert found.asked_live
    assert found.states == {("mh", mia): "HELD", ("csc", mia): "HELD"}
    assert {item.source for item in found.items} == {"mh", "csc"}
    facts = found.facts[mia]
    assert (facts.labels, facts.objection, facts.protected) == (("L:SAFEADDR",), "OBJECTED", True)


def test_a_source_that_is_down_does_not_hide_the_others(index: Index) -> None:
    publish(index, "csc", ME)
    found = gather(index, answer(httpx2.Response(503)))
    assert sorted(found.states.values()) == ["HELD", "SOURCE_DOWN"]


def test_a_relative_in_a_live_answer_is_looked_for_among_known_people(index: Index) -> None:
    publish(index, "csc", ME, patient("d", "Dana Reid", "1990-01-02", DANA))
    dana = index.resolve(Resolve(about(nhs=DANA), ON)).people[0].person
    known = relative("r", "m", "Dana Reid", "MTH", born="1990-01-02", address=[home("1 Elm St")])
    found = gather(index, answer(bundle(ME, known)))
    named = {item.resource["id"]: dict(item.names) for item in found.items if item.source == "mh"}
    assert named["r"]["RelatedPerson.address"] == dana
    strange = gather(index, answer(bundle(ME, relative("r", "m", "Zed Zulu", "FTH"))))
    assert {who for item in strange.items for _, who in item.names} == {"somebody"}


def test_somebody_without_a_number_is_never_sent(index: Index) -> None:
    publish(index, "csc", patient("m", "Mia Reid", BORN))
    index._live = LiveSources(fhir.faults, httpx2.MockTransport(_fails(AssertionError("asked"))))
    mia = index.resolve(Resolve(about(given="Mia", family="Reid"), ON)).people[0].person
    found = index.gather(Gather((("mh", mia),), {}, ON))
    assert (found.states, found.asked_live) == ({("mh", mia): "NOT_ASKED"}, False)
