"""A family view told in a terminal: person by person and source by source, what came, what did not, and why.

Promise: it tells every row of the answer that a page would show, in the answer's own sentences.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from services.cli.demo.by_person import Given, PersonView, by_person, for_everyone

BANNER = "DEMO: invented people. Nothing here is about anybody."
_MOST = 8
"""Records of one source that are listed before the rest are counted."""
_ORDER = ("Patient", "RiskAssessment", "Flag", "EpisodeOfCare", "CareTeam", "RelatedPerson")
"""Types that are told first; the rest follow as they come."""
_STYLE = {"generalise": "yellow", "ask-owner": "magenta", "withhold": "red"}
_WORD = {"generalise": "made coarser", "ask-owner": "the owner decides", "withhold": "withheld"}
_WHY = {
    "asked-about": "asked about",
    "address": "same address",
    "MTH": "mother",
    "FTH": "father",
    "BRO": "brother",
    "SIS": "sister",
    "SIB": "sibling",
    "CHILD": "child",
    "PRN": "parent",
    "STPFTH": "stepfather",
    "STPCHLD": "stepchild",
    "FMRSPS": "former partner",
    "SIGOTHR": "partner",
    "FRND": "friend",
    "HPOWATT": "attorney",
}
"""v3-RoleCode as people say it; any other code is shown as it is."""
_STATES = {
    "NIL": "Nothing to show from",
    "NO_RESPONSE": "No reply from",
    "SOURCE_DOWN": "Down",
    "NOT_ASKED": "Not asked",
}


def narrate(console: Console, answer: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """Print the whole view."""
    console.print(Text(BANNER, style="bold white on blue"))
    for person in by_person(answer, names):
        console.print(Panel(_person(person), title=_title(person), title_align="left"))
    console.print(Panel(_whole(answer), title="The answer as a whole", title_align="left"))


def _title(person: PersonView) -> Text:
    why = ", ".join(dict.fromkeys(_WHY.get(code, code) for code in person.why))
    return Text.assemble((person.name, "bold"), f"  {why}; identity {person.match}")


def _person(person: PersonView) -> RenderableType:
    table = Table(expand=True, pad_edge=False)
    for heading, ratio in (("Source", 2), ("Released", 5), ("Coarser, masked or withheld, and why", 5)):
        table.add_column(heading, ratio=ratio, overflow="fold")
    for source, given in person.given.items():
        table.add_row(Text(source), _given(given), _not_given(given, person.withheld.get(source, [])))
    for sources, rows in _alike(person):
        table.add_row(Text(", ".join(sources)), Text(), _not_given((), rows))
    parts: list[RenderableType] = [table] if table.rows else []
    for state, words in _STATES.items():
        found = [source for source, said in person.states.items() if said == state]
        if found:
            parts.append(Text(f"{words}: {', '.join(found)}"))
    return Group(*parts)


def _alike(person: PersonView) -> Iterable[tuple[list[str], list[Mapping[str, str]]]]:
    """The sources of which nothing came, put together where the same is said of them."""
    said: dict[str, tuple[list[str], list[Mapping[str, str]]]] = {}
    for source, rows in person.withheld.items():
        if source not in person.given:
            words = "".join(_row(row).plain for row in rows)
            said.setdefault(words, ([], rows))[0].append(source)
    return said.values()


def _given(given: Sequence[Given]) -> Text:
    first = sorted(given, key=lambda one: _ORDER.index(one.kind) if one.kind in _ORDER else len(_ORDER))
    lines = [f"{one.kind}: {one.headline}" for one in first]
    more = [f"and {len(lines) - _MOST} more"] if len(lines) > _MOST else []
    return Text("\n".join([*lines[:_MOST], *more]), style="green")


def _not_given(given: Sequence[Given], rows: Iterable[Mapping[str, str]]) -> Text:
    text = Text()
    masked = sorted({f"{one.kind}.{name}" for one in given for name in one.masked})
    if masked:
        text.append(f"masked: {', '.join(masked)}\n", "cyan")
    for row in rows:
        text.append_text(_row(row))
    text.rstrip()
    return text


def _row(row: Mapping[str, Any]) -> Text:
    effect = row.get("effect", "withhold")
    changed = f" ({row['who_can_change']})" if row.get("who_can_change") else ""
    return Text.assemble(
        (f"{_WORD.get(effect, effect)}: ", _STYLE.get(effect, "red")),
        f"{row['class']}: {' '.join(_sentences(row))} [{row['code']}]{changed}\n",
    )


def _sentences(row: Mapping[str, Any]) -> Iterable[str]:
    """Why, and what would change it, each sentence once."""
    return dict.fromkeys([row["sentence"], *(one["sentence"] for one in row.get("missing", ()))])


def _whole(answer: Mapping[str, Any]) -> RenderableType:
    text = Text()
    for row in for_everyone(answer):
        text.append_text(Text.assemble(f"{row['source']}, everybody: ", _row(row)))
    for line in _states(answer):
        text.append(f"{line}\n")
    if not answer["complete"]:
        text.append(
            "INCOMPLETE: a source did not answer. This is not the same as nothing held.\n", "bold red"
        )
    for heading, words in (
        ("Notes", answer["notes"]),
        ("Warnings", answer["warnings"]),
        ("Obligations", answer["obligations"]),
    ):
        if words:
            text.append(f"{heading}: {'; '.join(words)}\n")
    text.append_text(receipt(answer.get("receipt")))
    return text


def _states(answer: Mapping[str, Any]) -> list[str]:
    """Who answered: for each state, the sources that said it of somebody."""
    said: dict[str, list[str]] = {}
    for line in answer["sources"]:
        for state in dict.fromkeys(row["state"] for row in line["people"]):
            said.setdefault(state, []).append(line["source"])
    return [f"{state}: {', '.join(sources)}" for state, sources in said.items()]


def receipt(row: Mapping[str, Any] | None) -> Text:
    """Where the proof of the release is."""
    if row is None:
        return Text("No receipt.", style="bold red")
    return Text(f"Receipt {row['id']}: entry {row['index']} of log {row['log']}, {row['time']}", style="bold")
