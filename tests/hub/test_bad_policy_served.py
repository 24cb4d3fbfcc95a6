"""However the policy folder is broken, the hub that serves goes on under the last good book, and each place is told: by the
command, and on the page of what is in force.
"""

from collections.abc import Callable, Iterator

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.gateway.policies.standing import show_standing
from tests.hub.served import SOCIAL_WORKER, Served, a_served
from tests.hub.world import a_person

ISA = "isa/housing.yaml"


def swap(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return edit


def without(key: str) -> Callable[[str], str]:
    """The text without a member of the first level and all that is under it."""

    def edit(text: str) -> str:
        kept, inside = [], False
        for line in text.splitlines(keepends=True):
            inside = line.startswith(f"{key}:") or (inside and line[:1] in (" ", "-"))
            kept += [] if inside else [line]
        assert len(kept) < len(text.splitlines())
        return "".join(kept)

    return edit


def a_second(text: str) -> str:
    """Another family overview on the same days, which gives less."""
    return swap("classes: as-purpose", "classes: [DM0]")(
        swap("id: family-overview", "id: overview-two")(text)
    )


OVERVIEW, SECOND = "isa/family-overview.yaml", "isa/overview-two.yaml"
BROKEN = {
    "broken YAML": (ISA, swap("title: ", "title: [")),
    "an unknown role": (ISA, swap("  - SW-CHILD\n", "  - SW-CHILDREN\n")),
    "dates that overlap": (SECOND, a_second),
    "dates the wrong way round": (ISA, swap("last_day: 2026-03-31", "last_day: 2020-03-31")),
    "a missing basis": (ISA, without("lawful_basis")),
    "a number with a nought before it": (
        "organisations.yaml",
        swap("retention_days: 3650", "retention_days: 012"),
    ),
    "a misspelt key": (ISA, swap("signatories:", "signatorys:")),
    "broken fields": ("catalogue/fields.yaml", lambda text: text[: len(text) // 2] + "\n  - {"),
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with a_served(tmp_path_factory.mktemp("broken")) as served:
        yield served


@pytest.mark.parametrize("kind", BROKEN)
def test_the_hub_goes_on_under_the_last_good_book_and_says_what_to_mend(hub: Served, kind: str) -> None:
    name, edit = BROKEN[kind]
    shelf = hub.world.parts.shelf
    before, file = shelf.current().revision, shelf.folder / name
    good = file.read_text(encoding="utf-8") if file.exists() else ""
    text = good or (shelf.folder / OVERVIEW).read_text(encoding="utf-8")
    file.write_text(edit(text), encoding="utf-8")
    try:
        shelf.reload()
        assert shelf.current().revision == before
        assert name in {finding.file for finding in shelf.trouble()}, shelf.trouble()
        answer = hub.view(hub.case(), hub.token(SOCIAL_WORKER))
        assert answer.startswith(b"HTTP/1.1 200")
        assert b'"HELD"' in answer
        lines = show_standing(hub.world.parts, a_person("IG-LEAD")).trouble
        assert any(line.startswith(name) for line in lines), lines
        told = CliRunner().invoke(app, ["policy", "check", "--quick", "--policies", str(shelf.folder)])
        assert told.exit_code == 1
        assert any(line.startswith(f"{name} line ") for line in told.output.splitlines()), told.output
    finally:
        if good:
            file.write_text(good, encoding="utf-8")
        else:
            file.unlink()
    shelf.reload()
    assert not shelf.trouble()
    assert shelf.current().revision == before
