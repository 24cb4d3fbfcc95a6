"""Nothing of a person lies readable in the data folder: not in a database, the journal, the vault, a book, or a log."""

from datetime import UTC, datetime
from pathlib import Path

from services.contract.cases import AskOwner
from services.contract.people import About
from services.gateway.tasks.asking import ask_owner
from services.gateway.tasks.working_off import work_off
from tests.families import northshire
from tests.hub.world import MIA, WORKER, a_world

LONG_ENOUGH = 6
"""Bytes. A shorter word, such as a given name of three letters, stands in sealed bytes by chance."""


def test_no_word_of_the_families_is_readable(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    case = world.s47((MIA, "child"))
    world.evidence(case, kind="perceived-risk", about=MIA, text="Mia was seen at Juniper Walk on Tuesday")
    view = world.view(case)
    world.view(case, About(given="Dana", family="Reid", birth_date="1990-02-11", postcode="ZZ98 7XY"))
    row = next(one for one in view.withheld if one.ask)
    ask_owner(world.parts, WORKER, case, AskOwner(ask=str(row.ask), reason="Because of Larkspur Cottage"))
    work_off(world.parts)
    world.close()
    families = northshire(datetime.now(UTC).date())
    words = {word for word in (*families.words, *families.wordings) if len(word) >= LONG_ENOUGH}
    words |= {"Juniper Walk on Tuesday", "9991000011", "ZZ98 7XY", "Larkspur Cottage", str(row.ask)}
    assert len(words) > 200
    found = []
    files = [path for path in world.home.rglob("*") if path.is_file() and "books" not in path.parts]
    assert {"journal", "index.db", "gateway.db"} <= {path.name for path in files}
    for path in files:
        held = path.read_bytes()
        folded = held.lower()
        found += [(path.name, word) for word in words if word.lower().encode() in folded]
    assert not found


def test_the_search_would_find_a_word(tmp_path: Path) -> None:
    """The test above can fail: a word written in clear is found."""
    world = a_world(tmp_path, families=False)
    (world.home / "logs").mkdir(exist_ok=True)
    (world.home / "logs" / "stray.log").write_bytes(b"seen at 14 Juniper Walk")
    world.close()
    assert any(b"Juniper Walk" in path.read_bytes() for path in world.home.rglob("*") if path.is_file())
