"""Promise: no stack trace, value of a person or cause of a 503 leaves in an answer, a log line or a metric."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Body, FastAPI
from sqlalchemy import create_engine
from starlette.testclient import TestClient

from services.contract.cases import OpenCase
from services.contract.problems import (
    IndexUnavailable,
    LedgerUnavailable,
    NotFound,
    PolicyUnavailable,
    Unavailable,
)
from services.runtime.logs import FIELDS, log, open_logs
from services.runtime.settings import Settings
from services.runtime.web import HEADERS, Metrics, make_app, make_ops

CANARY = "Zebedee-9991000011"


class Lost(Exception):
    """Something nobody foresaw."""


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    made = make_app(Settings(mode="demo", home=tmp_path, max_body_mb=1, support_telephone="01632 960 001"))

    @made.get("/breaks/{what}")
    @made.get("/fhir/breaks/{what}")
    def breaks(what: str) -> None:
        raise {
            "lost": Lost(CANARY),
            "index": IndexUnavailable(CANARY),
            "policy": PolicyUnavailable("the engine"),
            "ledger": LedgerUnavailable(),
            "any": Unavailable(),
            "found": NotFound("nothing here"),
        }[what]

    @made.post("/takes")
    def takes(body: Annotated[OpenCase, Body()]) -> dict[str, str]:
        return {"purpose": body.purpose}

    @made.post("/ignores-its-body")
    def ignores() -> dict[str, str]:
        return {}

    return made


@pytest.fixture
def http(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_every_answer_has_the_headers(http: TestClient) -> None:
    for path in ("/breaks/lost", "/breaks/policy", "/breaks/found", "/no-such", "/fhir/no-such"):
        answer = http.get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (path, name)
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert HEADERS["Cache-Control"] == "no-store"


@pytest.mark.parametrize("prefix", ["", "/fhir"])
@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/fhir+json"])
def test_the_503_is_the_same_bytes_whatever_broke(http: TestClient, prefix: str, accept: str) -> None:
    answers = [
        http.get(f"{prefix}/breaks/{what}", headers={"Accept": accept})
        for what in ("index", "policy", "ledger", "any")
    ]
    assert {one.status_code for one in answers} == {503}
    assert len({one.content for one in answers}) == 1
    assert len({tuple(sorted(one.headers.items())) for one in answers}) == 1
    assert "01632 960 001" in answers[0].text
    assert answers[0].headers["retry-after"]
    assert CANARY not in answers[0].text


def test_what_nobody_foresaw_is_a_constant_500(http: TestClient) -> None:
    first, second = http.get("/breaks/lost"), http.get("/breaks/lost", params={"q": CANARY})
    assert first.status_code == 500
    assert first.content == second.content
    assert first.headers["content-type"] == "application/problem+json"
    for word in (CANARY, "Lost", "Traceback", "breaks"):
        assert word not in first.text


def test_problems_take_the_form_of_their_address(http: TestClient) -> None:
    plain = http.get("/breaks/found").json()
    assert (plain["status"], plain["detail"], plain["type"]) == (
        404,
        "nothing here",
        "urn:mash:problem:not-found",
    )
    fhir = http.get("/fhir/breaks/found")
    assert fhir.headers["content-type"] == "application/fhir+json"
    assert fhir.json()["issue"][0]["code"] == "not-found"
    asked = http.get("/breaks/found", headers={"Accept": "application/fhir+json"})
    assert asked.json()["resourceType"] == "OperationOutcome"
    assert http.put("/takes").status_code == 405
    assert http.get("/no-such").status_code == 404


def test_bad_input_names_places_and_echoes_nothing(http: TestClient) -> None:
    sent = {
        "purpose": CANARY,
        "ground": {"code": CANARY, CANARY: 1},
        "subjects": [{"about": {"given": CANARY, "birth_date": CANARY}, "as": CANARY}],
        CANARY: CANARY,
    }
    answer = http.post("/takes", json=sent)
    assert answer.status_code == 422
    assert CANARY not in answer.text
    places = [place.split(":")[0] for place in answer.json()["places"]]
    assert "body.purpose" in places
    assert "body.subjects.0.about.birth_date" in places
    assert "body.?" in places


@pytest.mark.parametrize("raw", [b"{", b"", b"[" * 100_000, b'{"purpose":' + b"[" * 900 + b"]" * 900 + b"}"])
def test_bodies_that_cannot_be_read(http: TestClient, raw: bytes) -> None:
    answer = http.post("/takes", content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert "Traceback" not in answer.text


def test_a_large_body_is_refused_before_it_is_read(http: TestClient) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b"x" * 1_000_000

    chunked = http.post("/takes", content=pieces(), headers={"Content-Type": "application/json"})
    assert chunked.status_code == 413
    for path in ("/takes", "/ignores-its-body", "/no-such"):
        whole = http.post(path, content=b"x" * 1_000_001)
        assert whole.status_code == 413
        assert whole.json()["type"] == "urn:mash:problem:too-large"
        assert whole.headers["x-content-type-options"] == "nosniff"
    assert http.post("/ignores-its-body", content=b"x" * 1000).status_code == 200


def test_a_request_id_is_mirrored_only_if_it_is_one(http: TestClient) -> None:
    good = "3f0c4a52-6f6b-4c0e-9d0e-2b8d0f3f1a11"
    assert http.get("/no-such", headers={"X-Request-ID": good}).headers["x-request-id"] == good
    drawn = http.get("/no-such", headers={"X-Request-ID": CANARY}).headers["x-request-id"]
    assert len(drawn) == 36
    assert CANARY not in drawn


def _lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(record.message) for record in caplog.records if record.name == "mash.lines"]


def test_the_log_has_routes_and_codes_only(http: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        http.get("/breaks/lost", params={"name": CANARY}, headers={"X-Request-ID": CANARY})
        http.get(f"/{CANARY}")
        log.info("event", name=CANARY, reason=CANARY + "'", count=1)
    lines = _lines(caplog)
    assert CANARY not in json.dumps(lines)
    assert {line["route"] for line in lines if line["event"] == "request"} == {"/breaks/{what}", "(other)"}
    (lost,) = [line for line in lines if line["event"] == "unforeseen"]
    assert lost["error"] == "Lost"
    assert lines[-1]["count"] == 1
    assert all(set(line) <= FIELDS for line in lines)


def test_what_libraries_say_is_not_repeated(tmp_path: Path) -> None:
    kept = logging.getLogger().handlers[:]
    try:
        open_logs(Settings(mode="demo", home=tmp_path))
        logging.getLogger("some.library").error("cannot find %s", CANARY)
        try:
            create_engine("sqlite://").connect().exec_driver_sql(f"SELECT {CANARY}")
        except Exception:
            logging.getLogger("some.library").exception(CANARY)
        held = (tmp_path / "logs" / "hub.log").read_text(encoding="utf-8")
    finally:
        logging.getLogger().handlers[:] = kept
        for handler in logging.getLogger("mash.lines").handlers[:]:
            handler.close()
            logging.getLogger("mash.lines").removeHandler(handler)
        logging.getLogger("mash.lines").propagate = True
    lines = [json.loads(line) for line in held.splitlines()]
    assert [line["library"] for line in lines] == ["some.library"] * 2
    assert lines[1]["error"] == "OperationalError"
    assert CANARY not in held


def test_metrics_and_health(http: TestClient, app: FastAPI) -> None:
    http.get(f"/{CANARY}")
    http.get("/breaks/found")
    http.post("/takes", json={})
    parts = {"index": True, "ledger": True}
    probes = {
        "index": lambda: parts["index"],
        "ledger": lambda: parts["ledger"] or (_ for _ in ()).throw(Lost(CANARY)),
    }
    ops = TestClient(make_ops(probes, app.state.metrics))
    assert ops.get("/health/live").json() == {"status": "live"}
    assert ops.get("/health/ready").json() == {"status": "ready", "parts": {"index": True, "ledger": True}}
    parts["ledger"] = False
    down = ops.get("/health/ready")
    assert (down.status_code, down.json()["parts"]["ledger"]) == (503, False)
    text = ops.get("/metrics").text
    assert 'mash_requests_total{route="/breaks/{what}",status="404"} 1.0' in text
    assert 'mash_turned_away_total{reason="bad-input"} 1.0' in text
    assert CANARY not in text + down.text


def test_each_app_counts_for_itself() -> None:
    assert Metrics().text() == Metrics().text()
