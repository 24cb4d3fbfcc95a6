"""A log read over HTTP as tiles: by others' programs, by whoever may, and entered where entries are read."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub.served import SOCIAL_WORKER, Served, a_served
from tests.real.outside import Programs

LOG = "northshire-csc"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with a_served(tmp_path_factory.mktemp("served")) as hub:
        hub.view(hub.case(), hub.token(SOCIAL_WORKER))
        yield hub


def size(hub: Served, log: str = LOG) -> int:
    return hub.world.parts.ledger.health().sizes[log]


def read(hub: Served, path: str, token: str) -> tuple[bytes, bytes]:
    head, _, body = hub.raw("GET", path, token).partition(b"\r\n\r\n")
    return head.split(b"\r\n")[0], body


def test_an_outsiders_program_checks_the_served_log(
    served: Served, tmp_path: Path, outside_verifiers: Programs
) -> None:
    address = f"http://127.0.0.1:{served.port}/ledger/{LOG}/"
    key = served.world.parts.ledger.keys()[LOG]  # type: ignore[attr-defined]
    token = served.publishing(LOG)
    accepted, said = outside_verifiers.fsck(tmp_path, key, address=address, token=token)
    assert accepted, said


def test_entries_by_scope_only_and_entered(served: Served) -> None:
    full, worker = served.publishing(LOG), served.token(SOCIAL_WORKER)
    path = f"/ledger/{LOG}/tile/entries/000.p/{size(served)}"
    before = [entry["kind"] for entry in served.world.entries("hub")].count("ledger.read")
    status, body = read(served, path, full)
    assert status.endswith(b"200 OK")
    first = int.from_bytes(body[:2], "big")
    assert json.loads(body[2 : 2 + first])["entry"]["origin"].endswith(LOG)
    reads = [entry for entry in served.world.entries("hub") if entry["kind"] == "ledger.read"]
    assert len(reads) == before + 1
    assert reads[-1]["facts"]["log"] == LOG
    # A worker's token has no such scope; the hashes of their own organisation's log are open to them.
    assert b" 404 " in read(served, path, worker)[0]
    assert read(served, f"/ledger/{LOG}/tile/0/000.p/{size(served)}", worker)[0].endswith(b"200 OK")


@pytest.mark.parametrize(
    "path",
    [
        "/ledger/northshire-police/tile/0/000.p/1",
        f"/ledger/{LOG}/tile/0/000",
        f"/ledger/{LOG}/tile/0/000.p/255",
        f"/ledger/{LOG}/tile/9/000.p/1",
        f"/ledger/{LOG}/tile/entries/nobody",
        f"/ledger/{LOG}/tile/",
    ],
)
def test_anothers_log_and_no_tile_answer_alike(served: Served, path: str) -> None:
    none = served.raw("GET", "/ledger/nobody/tile/0/000.p/1", served.publishing(LOG))
    assert served.raw("GET", path, served.publishing(LOG)) == none
    assert b" 404 " in none.split(b"\r\n")[0]
