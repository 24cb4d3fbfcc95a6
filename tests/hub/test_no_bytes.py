"""No bytes without an entry: whatever keeps the ledger or policy from answering, everybody gets one constant 503.

Every byte on the wire is compared, on every route that releases, whether anybody was found or not.
"""

import errno
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

import services.wiring
from services.cli.demo.cast import STAFF
from services.cli.demo.families import northshire
from services.contract.cases import Asker, DecideTask
from services.gateway.access.staff import Staff
from services.gateway.parts import stamp
from services.gateway.protected.designated import designate
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import waiting
from services.gateway.tasks.post import Post, post
from services.ledger.open import open_ledger
from services.ledger.store.disk import Disk
from tests.hub.audited import auditors_token
from tests.hub.served import MANAGER, MIA, SOCIAL_WORKER, Served, a_served
from tests.hub.test_unlink import a_child
from tests.hub.world import closed_port
from tests.test_releases import THROUGH

NUMBERS = cycle(["9993000027", "9993000035", "9993000043"])
"""A child of its own for each time that a link is withdrawn."""
NOBODY = {"nhs_number": "9992000422", "birth_date": "1950-01-01"}


class FullDisk(Disk):
    """A disk that is well until it is told to fail at one call."""

    def __init__(self) -> None:
        self.write_fails = self.sync_fails = 0

    def write(self, file: int, data: bytes) -> None:
        if self.write_fails:
            # As a disk that fills up does: part of it is written.
            super().write(file, data[: len(data) // 2])
            raise OSError(self.write_fails, "no")
        super().write(file, data)

    def sync(self, file: int) -> None:
        if self.sync_fails:
            raise OSError(self.sync_fails, "no")
        super().sync(file)


@pytest.fixture
def disk() -> FullDisk:
    return FullDisk()


@pytest.fixture
def served(tmp_path: Path, disk: FullDisk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(services.wiring, "open_ledger", partial(open_ledger, disk=disk))
    with a_served(tmp_path) as hub:
        yield hub


def _releases(hub: Served, case: str) -> dict[str, Callable[[], bytes]]:
    """A request for each route that releases or enters, made so that it would succeed: all of `THROUGH`, and three more."""
    worker, manager = hub.token(SOCIAL_WORKER), hub.token(MANAGER)
    publisher = hub.publishing("northshire-csc")
    shown = json.loads(hub.view(case, worker).split(b"\r\n\r\n", 1)[1])
    doubtful = {"given": "Mia", "family": "Reid", "birth_date": "2019-07-05"}
    stub = json.loads(hub.view(case, worker, **doubtful).split(b"\r\n\r\n", 1)[1])["candidates"][0]
    named = {"candidate": stub["candidate"], "identifiers": {"nhs_number": "9991000011", "given": "Mia"}}
    receipt = f"/ledger/receipts/{shown['receipt']['id']}"
    patient = {"resourceType": "Patient", "id": "new-one", "name": [{"family": "Nobody"}]}
    unnamed = {name: value for name, value in patient.items() if name != "id"}
    sent = {"resource": patient, "request": {"method": "PUT", "url": "Patient/new-one"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [sent]}
    review = f"/protections/{_protection(hub)}/review"
    officer = hub.token(next(one for one in STAFF if one.role == "PRIVACY-OFFICER"))
    size = hub.world.parts.ledger.health().sizes["northshire-csc"]
    entries = f"/ledger/northshire-csc/tile/entries/000.p/{size}"
    records, auditor = entries.replace("/tile/entries/", "/records/"), auditors_token(hub)
    raw, task = hub.raw, f"/tasks/{_task(hub)}"
    row = next(one for one in shown["withheld"] if one["source"] == "Haven" and "ask" in one)
    asking = {"ask": row["ask"], "reason": "needed to plan"}
    challenged = {"asked": _refused(hub, case, worker, asking), "reason": "needed tonight"}
    return {
        "POST /family-view": lambda: hub.view(case, worker),
        "a view of nobody": lambda: hub.view(case, worker, **NOBODY),
        "a view given again": _again(hub, case, worker),
        "POST /cases": lambda: raw("POST", "/cases", manager, _case()),
        "POST /cases/{id}/evidence": lambda: raw(
            "POST", f"/cases/{case}/evidence", manager, {"kind": "referral", "text": "x"}
        ),
        "POST /cases/{id}/identities": lambda: raw("POST", f"/cases/{case}/identities", worker, named),
        "POST /protections/{id}/review": lambda: raw(
            "POST", review, officer, {"outcome": "continued", "reason": "as before"}
        ),
        "POST /cases/{id}/approvals": lambda: raw("POST", f"/cases/{case}/approvals", worker, asking),
        "POST /cases/{id}/challenges": lambda: raw("POST", f"/cases/{case}/challenges", worker, challenged),
        "POST /cases/{id}/advice": lambda: raw(
            "POST", f"/cases/{case}/advice", worker, {"of": "ig-lead", "question": "may we share this?"}
        ),
        "GET /tasks/{id}": lambda: raw("GET", task, officer),
        "POST /tasks/{id}/decide": lambda: raw(
            "POST", f"{task}/decide", officer, {"answer": "no-referral", "reason": "seen already"}
        ),
        "GET /ledger/receipts/{id}": lambda: raw("GET", receipt, worker),
        "GET /ledger/receipts/{id}/opening": lambda: raw("GET", f"{receipt}/opening", worker),
        "GET /ledger/{log}/tile/{path:path}": lambda: raw("GET", entries, publisher),
        "GET /ledger/{log}/records/{path:path}": lambda: raw("GET", records, auditor),
        **_made_of_records(hub, case),
        "PUT /fhir/{type}/{id}": lambda: raw("PUT", "/fhir/Patient/new-one", publisher, patient),
        "POST /fhir/{type}": lambda: raw("POST", "/fhir/Patient", publisher, unnamed),
        "POST /fhir": lambda: raw("POST", "/fhir", publisher, bundle),
        "GET /fhir/{type}/{id}": lambda: raw("GET", "/fhir/Patient/new-one", publisher),
        "a publication that is refused": lambda: raw(
            "POST", "/fhir", publisher, {"resourceType": "Bundle", "type": "batch"}
        ),
        # Last: nothing more can be done on the case.
        "POST /cases/{id}/close": lambda: raw(
            "POST", f"/cases/{case}/close", manager, {"changed": "no", "outcome": "nothing-new"}
        ),
    }


def _made_of_records(hub: Served, case: str) -> dict[str, Callable[[], bytes]]:
    """Numbers, something for a partner, and a draft for a subject."""
    roles = ("RESEARCHER", "SW-TEAM-MGR", "PRIVACY-OFFICER")
    researcher, manager, officer = (
        hub.token(next(one for one in STAFF if one.role == role)) for role in roles
    )
    numbers = {"purpose": "PLANNING", "by": "age"}
    product = {"about": MIA, "to": "northshire-education", "action": "ring-us"}
    asked = {"purpose": "PATRQT", "about": MIA, "identity_checked": "2026-11-02"}
    return _people_found(hub, case) | {
        "POST /links/withdrawn": _withdrawn(hub, case),
        "POST /reviews": _put(hub, case),
        "POST /protected/found": _protected(hub),
        "POST /counts": lambda: hub.raw("POST", "/counts", researcher, numbers),
        "POST /cases/{id}/products": lambda: hub.raw("POST", f"/cases/{case}/products", manager, product),
        "POST /subject-requests": lambda: hub.raw("POST", "/subject-requests", officer, asked),
    }


def _people_found(hub: Served, case: str) -> dict[str, Callable[[], bytes]]:
    """$match and the search for people, for somebody who is there."""
    worker = hub.token(SOCIAL_WORKER)
    patient = {
        "resourceType": "Patient",
        "name": [{"family": "Reid", "given": ["Mia"]}],
        "birthDate": "2019-05-07",
    }
    asked = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": patient}]}
    on = (f"Mash-Case: {case}",)
    form = b"family=Reid&given=Mia&birthdate=2019-05-07"
    return {
        "POST /fhir/Patient/$match": lambda: hub.raw("POST", "/fhir/Patient/$match", worker, asked, more=on),
        "POST /fhir/Patient/_search": lambda: hub.raw("POST", "/fhir/Patient/_search", worker, form, more=on),
    }


def _withdrawn(hub: Served, case: str) -> Callable[[], bytes]:
    """Two records that the hub takes for one person's, to be taken apart."""
    ids = {source: f"{source}.{case.replace('_', '.')}" for source in ("northshire-csc", "northshire-nhs")}
    number = next(NUMBERS)
    for source, id in ids.items():
        hub.world.publish(source, a_child(id, "Hale", number))
    one, other = ({"source": source, "id": id} for source, id in ids.items())
    admin = hub.token(next(one for one in STAFF if one.role == "MASH-ADMIN"))
    body = {"record": one, "apart_from": other, "reason": "two children"}
    return lambda: hub.raw("POST", "/links/withdrawn", admin, body)


def _put(hub: Served, case: str) -> Callable[[], bytes]:
    """Whether two records are one person's."""
    ids = {
        source: f"{source}.put.{case.replace('_', '.')}" for source in ("northshire-csc", "northshire-nhs")
    }
    for source, id in ids.items():
        hub.world.publish(source, {"resourceType": "Patient", "id": id, "name": [{"family": "Quarles"}]})
    admin = hub.token(next(one for one in STAFF if one.role == "MASH-ADMIN"))
    one, other = ({"source": source, "id": id} for source, id in ids.items())
    return lambda: hub.raw("POST", "/reviews", admin, {"record": one, "other": other, "reason": "alike"})


def _protected(hub: Served) -> Callable[[], bytes]:
    """The designated officer looks for somebody."""
    member = next(one for one in STAFF if one.role == "PRIVACY-OFFICER")
    parts = hub.world.parts
    register = Staff(parts.store, parts.keys)
    worker = register.by_partner(member.organisation, member.user)
    assert worker is not None
    designate(parts.store, register, worker.id, stamp(parts.now()))
    token = hub.token(member)
    return lambda: hub.raw("POST", "/protected/found", token, MIA)


def _again(hub: Served, case: str, worker: str) -> Callable[[], bytes]:
    """A view that was given once, sent for again under its key."""
    body, once = {"about": MIA, "case": case}, (f'Idempotency-Key: "once-on-{case}"',)
    assert hub.raw("POST", "/family-view", worker, body, more=once).startswith(b"HTTP/1.1 200")
    return lambda: hub.raw("POST", "/family-view", worker, body, more=once)


def _protection(hub: Served) -> str:
    """The id of a protection that the council's own flag began, as it reads it back."""
    bundle = northshire(datetime.now(UTC).date()).bundles["northshire-csc"]
    flags = [one["resource"]["id"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Flag"]
    read = [hub.world.parts.index.read_back("northshire-csc", "Flag", id) for id in flags]
    tags = [tag for flag in read if flag for tag in flag["meta"].get("tag", ())]
    return next(str(tag["code"]) for tag in tags if tag.get("system") == "urn:mash:protection")


def _task(hub: Served) -> str:
    """The id of a task of its own that waits in the council's inbox."""
    asked = Asker("northshire-csc", "LA-CSC", "PRIVACY-OFFICER", "whoever looks")
    before = {row.id for row in waiting(hub.world.parts, asked)}
    post(hub.world.parts, Post("owner-consider-referral", "northshire-csc"))
    return next(row.id for row in waiting(hub.world.parts, asked) if row.id not in before)


def _refused(hub: Served, case: str, worker: str, asking: dict[str, str]) -> str:
    """The id of something asked of Haven, which refused it."""
    answer = hub.raw("POST", f"/cases/{case}/approvals", worker, asking)
    owner = Asker("haven-sms", "SMS", "CALDICOTT", "whoever decides")
    for row in waiting(hub.world.parts, owner):
        if row.kind == "owner-approval":
            decide_task(hub.world.parts, owner, row.id, DecideTask(answer="refuse", reason="not now"))
    (id,) = json.loads(answer.split(b"\r\n\r\n", 1)[1])["asked"]
    return str(id)


def _case() -> dict[str, Any]:
    return {
        "purpose": "C-S47",
        "ground": {"code": "reasonable-cause", "text": "as recorded"},
        "subjects": [{"about": NOBODY, "as": "child"}],
    }


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(("write_fails", errno.ENOSPC), id="the disk fills up at the write"),
        pytest.param(("sync_fails", errno.ENOSPC), id="the disk is full at the fsync"),
        pytest.param(("sync_fails", errno.EIO), id="the disk dies at the fsync"),
    ],
)
def test_a_disk_that_takes_no_entry(served: Served, disk: FullDisk, fault: tuple[str, int]) -> None:
    well = {name: send() for name, send in _releases(served, served.case()).items()}
    refused = well.pop("a publication that is refused")
    assert refused.startswith(b"HTTP/1.1 422")
    assert all(b" 20" in answer.split(b"\r\n")[0] for answer in well.values()), well
    requests = _releases(served, served.case())
    setattr(disk, *fault)
    answers = {name: send() for name, send in requests.items()}
    # One constant for people, one in FHIR for publishers' systems.
    fhir = {name for name in answers if "/fhir" in name or "publication" in name}
    for names in (fhir, answers.keys() - fhir):
        assert len({answers[name] for name in names}) == 1, answers
    assert all(answer.startswith(b"HTTP/1.1 503") for answer in answers.values())
    for told in (b"Mia", b"Reid", b"999100"):
        assert told not in b"".join(answers.values())


def test_every_route_that_releases_is_among_them(served: Served) -> None:
    assert not THROUGH.keys() - _releases(served, served.case()).keys()


def test_what_was_not_entered_is_not_visible(served: Served, disk: FullDisk) -> None:
    case = served.case()
    publish = _releases(served, case)["PUT /fhir/{type}/{id}"]
    disk.sync_fails = errno.EIO
    assert publish().startswith(b"HTTP/1.1 503")
    assert served.world.parts.index.read_back("northshire-csc", "Patient", "new-one") is None


def test_a_policy_engine_that_is_not_there(tmp_path: Path) -> None:
    """The same constant bytes as for the ledger: the cause is not told."""
    with a_served(tmp_path, opa=f"http://127.0.0.1:{closed_port()}") as hub:
        case, worker = hub.case(), hub.token(SOCIAL_WORKER)
        found, none = hub.view(case, worker), hub.view(case, worker, **NOBODY)
        assert found == none
        assert found.startswith(b"HTTP/1.1 503")
        kinds = [entry["kind"] for entry in hub.world.entries("northshire-csc")]
        assert "release.intent" not in kinds
