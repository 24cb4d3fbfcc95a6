"""`mash policy explain`: one question answered in plain English.

Promise: every rule that took something away is named with its clause; the first line says what was asked.
"""

from functools import partial
from typing import Annotated

import typer

from services.cli.policy.deciding import book_of, deciding, today
from services.cli.policy.folder import Folder
from services.contract.vocabulary import codes
from services.policy.circumstances import PLAIN, Asking
from services.policy.explain.by_opa import findings
from services.policy.explain.explain import Explanation, OfClass, explain
from services.policy.explain.question import Asked
from services.policy.near import one_of


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(
        name="explain",
        epilog="Example: mash policy explain --who SW-CHILD --from northshire-csc --why C-S47 --held-by brook-hospice",
    )(tell)


def tell(
    who: Annotated[str, typer.Option(help="The role of whoever asks.")],
    organisation: Annotated[str, typer.Option("--from", help="Their organisation.")],
    why: Annotated[str, typer.Option(help="The purpose.")],
    held_by: Annotated[str, typer.Option(help="The organisation that holds the record.")],
    whose: Annotated[
        str,
        typer.Option(
            help="A circumstance, by its code: adult, case-child, harm-link, v, refused, paper-lapsed …"
        ),
    ] = PLAIN,
    known: Annotated[
        list[str] | None, typer.Option(help="MEMBER=WORD, such as labels=MH or owner_decision=approved.")
    ] = None,
    of: Annotated[list[str] | None, typer.Option("--class", help="Only these classes.")] = None,
    on: Annotated[str, typer.Option(help="The day, YYYY-MM-DD; default today.")] = "",
    policies: Folder = None,
) -> None:
    """May they see it, and why not: which ISA, which clause, which rule; what is missing, and whom to ask.

    Needs OPA: it asks each rule by itself.
    """
    from services.cli.parts.opa import opa_binary

    classes = [one_of("--class", each, codes("classes")) for each in of or ()]
    book = book_of(policies)
    asked = Asked(Asking(organisation, who, why, on or today()), held_by, whose, tuple(known or ()))
    with deciding(book) as (rows,):
        found = explain(book, rows, partial(findings, book, opa_binary()), asked, classes)
    _say(found)


def _say(found: Explanation) -> None:
    print(f"{found.question}.\n{found.paper}\n")
    together: dict[tuple[object, ...], list[OfClass]] = {}
    for one in found.classes:
        together.setdefault((one.word, one.level, one.because, one.missing, one.ask), []).append(one)
    for alike in together.values():
        first = alike[0]
        names = ", ".join(f"{one.class_} {one.title}" for one in alike)
        print(f"{names}: {first.word.upper()}{f' ({first.level})' if first.level else ''}")
        for because in first.because:
            mark = "because the" if because.decides else "   also the"
            reason = f": {because.reason}" if because.reason else ""
            print(f"  {mark} {because.rule} {because.does}{reason}\n      [{because.place}]")
        for sentence in first.missing:
            print(f"  missing: {sentence}")
        for whom in first.ask:
            print(f"  ask: {whom}")
    if found.obligations:
        print(f"What is released is given with: {', '.join(found.obligations)}")
