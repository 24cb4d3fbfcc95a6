"""The quick pass: whatever changes an entry or its place is found as by the whole one; what it does not read, it says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.ledger.auditing import integrity
from services.ledger.auditing.integrity import ONLY_HASHES, verify_integrity
from services.ledger.journal import Frame, first_line, frame, read_frames, read_hub
from services.ledger.verify import verify_folder
from services.runtime.note import Verifier
from tests.verification.ledger_world import HUB, Place, intent, refusal, trusted

Frames = list[Frame]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def keys(place: Place) -> list[Verifier]:
    """Three logs of several entries each, and their keys."""
    with place.opened() as ledger:
        for _ in range(3):
            ledger.append(intent(ledger))
            ledger.append(refusal("nhs-trust"))
        return trusted(ledger)


def frames_of(folder: Path) -> Frames:
    with (folder / "journal").open("rb") as file:
        read_hub(file)
        return [found for found in read_frames(file) if isinstance(found, Frame)]


def test_what_was_signed_is_good_and_what_was_not_read_is_said(place: Place, keys: list[Verifier]) -> None:
    report, whole = verify_integrity(place.folder, keys), verify_folder(place.folder, keys)
    assert report.exit_code == 0
    assert report.notes == [*whole.notes, ONLY_HASHES]
    assert report.logs == whole.logs


def test_a_changed_byte_of_an_entry_is_not_good(
    place: Place, keys: list[Verifier], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integrity, "verify_folder", lambda *_, **__: None)
    path = place.folder / "journal"
    raw = path.read_bytes()
    for number, one in enumerate(frames_of(place.folder)):
        for at in range(one.offset + number, one.end, 11):
            path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
            assert verify_integrity(place.folder, keys) is None, at


def _swapped(rows: Frames) -> Frames:
    return (
        [rows[1], rows[0], *rows[2:]]
        if rows[0].log == rows[1].log
        else [rows[2], rows[1], rows[0], *rows[3:]]
    )


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        pytest.param(lambda rows: rows[:-1], "short", id="the last one gone"),
        pytest.param(lambda rows: rows[1:], "order", id="the first one gone"),
        pytest.param(lambda rows: [rows[0], *rows], "order", id="one twice"),
        pytest.param(_swapped, "order", id="two in each other's place"),
    ],
)
def test_what_does_not_hold_is_named_by_the_whole_pass(
    place: Place, keys: list[Verifier], change: Callable[[Frames], Frames], kind: str
) -> None:
    rows = change(frames_of(place.folder))
    raw = b"".join(frame(one.log, one.index, one.leaf, bytes(16)) for one in rows)
    (place.folder / "journal").write_bytes(first_line(HUB) + raw)
    report = verify_integrity(place.folder, keys)
    assert report.exit_code == 1
    assert kind in {found.kind for found in report.findings}
    assert ONLY_HASHES not in report.notes


def test_a_file_that_ends_too_soon_is_read_whole(place: Place, keys: list[Verifier]) -> None:
    path = place.folder / "journal"
    path.write_bytes(path.read_bytes() + b"\0\0")
    report = verify_integrity(place.folder, keys)
    assert report.exit_code == 0
    assert ONLY_HASHES not in report.notes
    assert any("torn" in note for note in report.notes)


@pytest.mark.parametrize("junk", [b"", b"junk", bytes(300)])
def test_junk_is_no_ledger(place: Place, keys: list[Verifier], junk: bytes) -> None:
    (place.folder / "journal").write_bytes(junk)
    assert verify_integrity(place.folder, keys).exit_code == 1


def test_what_stands_after_the_last_signed_entry_is_not_called_good(
    place: Place, keys: list[Verifier]
) -> None:
    notes = {path: path.read_bytes() for path in (place.folder / "checkpoints").iterdir()}
    with place.opened() as ledger:
        ledger.append(refusal("nhs-trust"))
    for path, note in notes.items():
        path.write_bytes(note)
    assert verify_integrity(place.folder, keys).exit_code == 5
