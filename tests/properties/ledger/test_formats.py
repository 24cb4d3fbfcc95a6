"""The journal, notes and proofs read back what was written, and answer anything else in their own words."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ledger.checkpoint import open_checkpoint
from services.ledger.journal import Broken, Frame, first_line, frame, read_frames, read_hub
from services.ledger.proof import BadProof, Proof
from services.runtime.note import BadKey, BadNote, Verifier

KEY = Verifier.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
codes = st.from_regex(r"[a-z0-9-]{2,32}", fullmatch=True)
entries = st.tuples(
    codes, st.integers(0, 2**63), st.binary(max_size=300), st.binary(min_size=16, max_size=16)
)


@given(codes, st.lists(entries, max_size=8))
def test_frames_are_read_as_they_were_written(hub: str, rows: list[tuple[str, int, bytes, bytes]]) -> None:
    raw = first_line(hub) + b"".join(frame(*row) for row in rows)
    file = io.BytesIO(raw)
    assert read_hub(file) == hub
    found = list(read_frames(file))
    assert [(f.log, f.index, f.leaf, f.mark) for f in found if isinstance(f, Frame)] == rows
    assert all(raw[f.offset : f.offset + len(f.leaf)] == f.leaf for f in found if isinstance(f, Frame))


@given(entries, st.data())
def test_a_changed_or_cut_frame_is_never_read_as_one(
    row: tuple[str, int, bytes, bytes], draw: st.DataObject
) -> None:
    raw = frame(*row)
    at = draw.draw(st.integers(0, len(raw) - 1))
    changed = raw[:at] + bytes([raw[at] ^ draw.draw(st.integers(1, 255))]) + raw[at + 1 :]
    for wrong in (changed, raw[:at]):
        found = list(read_frames(io.BytesIO(wrong)))
        assert not any(isinstance(one, Frame) for one in found)
        assert len(found) == bool(wrong)
        assert all(isinstance(one, Broken) for one in found)


@given(st.binary(max_size=400))
def test_anything_at_all_is_answered(raw: bytes) -> None:
    list(read_frames(io.BytesIO(raw)))
    read_hub(io.BytesIO(raw))
    with pytest.raises(BadNote):
        open_checkpoint(raw, [KEY])
    with pytest.raises(BadProof):
        Proof.parse(raw).verify([KEY])


@given(st.text(max_size=80))
def test_no_text_is_a_key_by_chance(text: str) -> None:
    with pytest.raises(BadKey):
        Verifier.parse(text)
