"""What is shared, for whom and why, as pages to read and print: one for each role, made from the stories.

Promise: a page says what the stories say and nothing else; the same policies give the same pages, byte for byte.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from services.contract.vocabulary import code_list, codes, entry
from services.policy import story_words
from services.policy.stories import Story
from services.policy.story_words import Outcome
from services.runtime.book import Book

INDEX, FOLDER = "what-is-shared.md", "what-is-shared"
MADE = "<!-- Made by: mash policy what-is-shared. Written from policies/examples; do not edit here. -->"
_HEADS: Mapping[str, str] = {
    story_words.GIVEN: "Given",
    story_words.COARSE: "Given in coarser form",
    story_words.OWNER: "For the holder to decide",
    story_words.HELD: "Held back",
    story_words.SILENT: "Not shown and not mentioned",
}

COUNT = "COUNT"
"""The class of numbers about nobody."""


def pages(stories: Sequence[Story], book: Book) -> Mapping[PurePosixPath, str]:
    """Every page by its path below `docs/reference`."""
    told = {role: [one for one in stories if one.asks["who"] == role] for role in codes("roles")}
    found = {PurePosixPath(INDEX): _index(told, book)}
    for role, own in told.items():
        found[PurePosixPath(FOLDER, file_of(role))] = _page(role, own, book)
    return found


def file_of(role: str) -> str:
    """The name of a role's page."""
    return f"{role.lower()}.md"


def _index(told: Mapping[str, Sequence[Story]], book: Book) -> str:
    rows = [
        f"| [{entry('roles', role)['title']}]({FOLDER}/{file_of(role)}) | {_purposes(role, book)} | {len(own)} |"
        for role, own in told.items()
    ]
    lines = [
        MADE,
        "# What is shared, by role",
        "",
        "One page for each role: what may be asked for, what is given, what is held back and why, and who can change it.",
        "Each page is made of examples that information governance leads wrote; every one is tested against the rules.",
        "",
        "| Role | May ask for | Examples |",
        "|---|---|---|",
        *rows,
        "",
        *_kinds(),
    ]
    return "\n".join(lines) + "\n"


def _page(role: str, told: Sequence[Story], book: Book) -> str:
    row = entry("roles", role)
    lines = [
        MADE,
        f"# {row['title']}",
        "",
        f"**Can be given at most:** {_ceiling(role)}. What a purpose needs may be less.",
        "",
        *_by_purpose(role, book),
        f"What each kind of information is: [at the end of the list of roles](../{INDEX}#kinds-of-information).",
        "",
    ]
    if not told:
        lines += ["No example is told for this role.", ""]
    for purpose in codes("purposes"):
        own = [one for one in told if one.asks["why"] == purpose]
        if own:
            lines += _purpose(purpose, own, book)
    return "\n".join(lines).rstrip("\n") + "\n"


def _by_purpose(role: str, book: Book) -> list[str]:
    """What each purpose gives the role of a partner's record, before anything is known of the record."""
    rows = []
    for code, row in code_list("purposes").items():
        if code not in book.role_purposes.get(role, frozenset()):
            continue
        cells = [_classes(role, code, level, book) for level in ("R", "G", "O")]
        rows.append(f"| {row['title']} | {' | '.join(cells)} |")
    if not rows:
        return ["May ask for nothing.", ""]
    heads = [
        "| May ask for | Given | Given in coarser form | For the holder to decide |",
        "|---|---|---|---|",
    ]
    note = "What a record is marked with, what a person said, and who takes part in a case may take away from this."
    return [*heads, *rows, "", note, ""]


def _classes(role: str, purpose: str, level: str, book: Book) -> str:
    ceiling = book.data["ceilings"][role]
    reached = {**ceiling["by"].get(purpose, ceiling["any"])}
    if "DM5" in reached and level == "O":
        # Restricted narrative is in no ceiling: its holder may open it for a role that reaches detail.
        reached["DM6"] = True
    row = book.data["matrix"]["columns"][entry("purposes", purpose)["column"]]
    named = [
        _lower(str(found["title"]))
        for code, found in code_list("classes").items()
        if code in reached and code in row and row[code]["cell"] == level
    ]
    if (
        level == "R"
        and COUNT in reached
        and entry("purposes", purpose)["column"] in book.data["matrix"]["counts"]
    ):
        named.append(_lower(str(entry("classes", COUNT)["title"])))
    return ", ".join(named) or "nothing"


def _purpose(purpose: str, told: Iterable[Story], book: Book) -> list[str]:
    row = entry("purposes", purpose)
    lines = [f"## {row['title']}", "", str(row["basis"]), ""]
    about = ""
    for story in told:
        if story.about != about:
            about = story.about
            lines += [f"### {about}", ""]
        lines += _story(story, book)
    return lines


def _story(story: Story, book: Book) -> list[str]:
    number, headline = story_words.headline(story)
    facts = "; ".join(story_words.known(story))
    supposed = "; ".join(story_words.supposed(story, book))
    return [
        f"**{headline}.** (Example {number})",
        "",
        f"{story_words.holder(story, book)}{f' ({facts})' if facts else ''}.",
        *([f"Supposing {supposed}."] if supposed else []),
        "",
        *(_line(outcome) for outcome in story_words.outcomes(story)),
        *([f"- *{story.also}*"] if story.also else []),
        "",
    ]


def _line(outcome: Outcome) -> str:
    what = ", ".join(outcome.classes)
    who = f" *Can change it: {_lower(outcome.who)}.*" if outcome.who else ""
    if outcome.kind == story_words.COARSE:
        return f"- {_HEADS[outcome.kind]}: {what} ({outcome.why})."
    return f"- {_HEADS[outcome.kind]}: {what}. {outcome.why}".rstrip() + who


def _lower(words: str) -> str:
    keep = ("Caldicott", "Privacy")
    return words if words.startswith(keep) else words[:1].lower() + words[1:]


def _purposes(role: str, book: Book) -> str:
    may = book.role_purposes.get(role, frozenset())
    return "; ".join(str(row["title"]) for code, row in code_list("purposes").items() if code in may)


def _ceiling(role: str) -> str:
    row = entry("roles", role)
    reached = {
        *row["ceiling"],
        *(each for some in row.get("ceiling_by_purpose", {}).values() for each in some),
    }
    named = [str(found["title"]) for code, found in code_list("classes").items() if code in reached]
    only = ", of the organisation's own records" if row["own_records_only"] else ""
    return (", ".join(named).lower() if named else "no kind of information about a person") + only


def _kinds() -> list[str]:
    rows = [
        f"| {row['title']} | {row['content']} |"
        for row in code_list("classes").values()
        if not row["question"]
    ]
    return ["## Kinds of information", "", "| Kind | What it is |", "|---|---|", *rows]
