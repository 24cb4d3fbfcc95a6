"""The invariants as a page for people: what must hold of every decision, and where it stands in law or practice.

Promise: made from the very list that is held against the rules.
"""

from services.policy.invariants.every import OF_A_CHANGE, OF_A_ROW, TABLES, TOGETHER

HEAD = """# Invariants

Made by `python schemas/export.py` from `services/policy/invariants/`. Each was written from law and practice, by another hand
than the rules, and is held against them by `mash policy check`. A breach is told in words: who asked for what, what came out,
what was due.

What is asked exhaustively, and what is not:

- **Every key of every rule.** The tables of a book hold each rule's answer to every value of all that it reads; a rule without
  an answer to one of them is refused as the tables are built. The invariants are held over rows that these tables put together.
- **Every purpose with every role**, open to it or not, and for each that is open: each value of each input by itself; each
  label with whose the record is, age, agreement to share the item, approval, channel, and who opened the case.
- **Without `--quick`, every two things otherwise**, two labels included, for each purpose with one role of each kind that law
  tells apart (ceiling, professional group, who decides); besides, rows with two to five things otherwise, drawn at random from a
  fixed seed.
- **Not asked:** three or more things otherwise, but for those drawn; every two for a second role of the same kind; another day
  than one; more than one asking organisation for a purpose and role (each of its partners is asked).
"""


def page() -> str:
    """The whole page."""
    together = "| " + " | ".join((f"`{TOGETHER[0]}`", *TOGETHER[1:])) + " |"
    return "\n".join([
        HEAD,
        "## The most that a cell may show",
        "",
        "Each is one table of law or practice. A cell never shows more than any of them says; the last row is about all of",
        "them together.",
        "",
        *_table([(one.name, one.title, one.source) for one in TABLES]),
        together,
        "",
        "## What holds of every row",
        "",
        *_table([(one.name, one.title, one.source) for one in OF_A_ROW]),
        "",
        "## What holds between a row and the same row with one thing changed",
        "",
        "To reveal more is: a weaker effect; a finer level of anything; a word where there was silence; or, with the same",
        "effect, a reason that says more about the person.",
        "",
        *_table([(one.name, one.title, one.source) for one in OF_A_CHANGE]),
        "",
    ])  # fmt: skip


def _table(rows: list[tuple[str, str, str]]) -> list[str]:
    return [
        "| name | what holds | where it stands |",
        "|---|---|---|",
        *(f"| `{name}` | {title} | {source} |" for name, title, source in rows),
    ]
