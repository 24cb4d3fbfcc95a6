"""A ledger of three logs to be attacked, and the ways to attack it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.contract.canonical import canonical, parse
from services.ledger.auditing.report import Report
from services.ledger.journal import Frame, first_line, frame, read_frames, read_hub
from services.ledger.verify import verify_folder
from services.runtime.note import Verifier
from tests.verification.ledger_world import HUB, Place, intent, refusal, trusted

Frames = list[Frame]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Verifier]]:
    """A small ledger of two logs, closed, and the keys that an auditor was given."""
    place = Place(tmp_path_factory.mktemp("whole"))
    with place.opened() as ledger:
        for n in range(5):
            one = ledger.append(intent(ledger))
            ledger.append(intent(ledger, "nhs-trust", decision_record=b"", opening=b""))
            if n % 2:
                done = refusal()
                ledger.append(type(done)(done.log, "release.outcome", done.asking, ref=(one.log, one.id)))
        return place.folder, trusted(ledger)


@pytest.fixture
def folder(whole: tuple[Path, list[Verifier]], tmp_path: Path) -> Path:
    """A copy of the ledger's folder to attack."""
    return Path(shutil.copytree(whole[0], tmp_path / "ledger"))


@pytest.fixture
def keys(whole: tuple[Path, list[Verifier]]) -> list[Verifier]:
    return whole[1]


def frames_of(folder: Path) -> Frames:
    with (folder / "journal").open("rb") as file:
        read_hub(file)
        return [found for found in read_frames(file) if isinstance(found, Frame)]


def rewrite(
    folder: Path, change: Callable[[Frames], Iterator[tuple[str, int, bytes]]], hub: str = HUB
) -> None:
    """The journal anew, every checksum right, as somebody would who holds the disk."""
    rows = list(change(frames_of(folder)))
    raw = b"".join(frame(log, index, leaf, bytes(16)) for log, index, leaf in rows)
    (folder / "journal").write_bytes(first_line(hub) + raw)


def kinds(report: Report) -> set[str]:
    assert report.exit_code == 1
    return {found.kind for found in report.findings}


def edited(leaf: bytes, **members: Any) -> bytes:
    stored = parse(leaf)
    stored["entry"] |= members
    return canonical(stored)


def quick(folder: Path, keys: list[Verifier]) -> Report:
    """`verify_folder` for a hub that is not running: it need not be given time to sign."""
    from services.ledger import verify

    patience, verify._PATIENCE = verify._PATIENCE, 0.0
    try:
        return verify_folder(folder, keys)
    finally:
        verify._PATIENCE = patience
