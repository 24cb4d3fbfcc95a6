"""What must hold of every single row: reasons, silence, children, tasks, obligations, and the tables together.

Promise: each is stated once, here, in the words of practice.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from services.contract.decisions import Cell
from services.contract.vocabulary import code_list
from services.policy.invariants.askers import REFERRED
from services.policy.invariants.bars import BARRED
from services.policy.invariants.invariant import Invariant
from services.policy.invariants.labels import SEXUAL
from services.policy.invariants.row import CLASSES, Row, depth, finer, rank
from services.policy.invariants.said import (
    RECORDED,
    SHOWN,
    Said,
    Table,
    expected_codes,
    expected_effect,
    shown,
)  # fmt: skip
from services.policy.invariants.unsettled import unsettled, unsettled_class

Told = Iterable[tuple[str, str]]


OF_LABELS = ("sensitivity", "item_share")
NO_LESS = "no-less-than-due"


def against(tables: Sequence[Table], row: Row) -> Iterator[tuple[str, str, str]]:
    """(table, class, what is wrong) of a row: what shows more than a table says, or less than all of them together say."""
    bite = [table for table in tables if row.labels or table.part not in OF_LABELS]
    of_row = [(table, one) for table in bite if table.whole and (one := table.says(row, "")) is not None]
    of_class, open_ = [table for table in bite if not table.whole], unsettled(row)
    for code in CLASSES:
        said = [*of_row, *((table, one) for table in of_class if (one := table.says(row, code)) is not None)]
        for table, one in said:
            if wrong := _more_than(row.cells[code], one):
                yield table.name, code, wrong
        if not open_ and not unsettled_class(row, code):
            cell = row.cells[code]
            came_out = (cell.effect, cell.silent, cell.code, cell.shown_as)
            if wrong := _other_than(tuple((table.part, one) for table, one in said), came_out):
                yield NO_LESS, code, wrong


def _more_than(cell: Cell, said: Said) -> str:
    if rank(cell.effect) < rank(said.effect):
        return f"at least {said.effect} is due"
    if said.silent and not cell.silent:
        return "silence is due"
    if cell.effect == said.effect == "generalise" and finer(cell.how, said.how):
        return f"coarser in {', '.join(finer(cell.how, said.how))} is due"
    return ""


# Many rows say the same of a class.
@lru_cache(maxsize=65_536)
def _other_than(said: tuple[tuple[str, Said], ...], came_out: tuple[str, bool, str, str]) -> str:
    effect, quiet = expected_effect(one for _, one in said)
    found_effect, found_silent, found_code, found_shown = came_out
    if (found_effect, found_silent) != (effect, quiet):
        return f"{effect}{' in silence' if quiet else ''} is due"
    if effect not in ("ask-owner", "withhold"):
        return ""
    recorded = expected_codes(said, RECORDED)
    if found_code not in recorded:
        return f"the reason recorded is one of {', '.join(sorted(recorded))}"
    told = {shown(one) for one in expected_codes(said, SHOWN)}
    return "" if quiet or found_shown in told else f"the reason shown is one of {', '.join(sorted(told))}"


def reasons(row: Row) -> Told:
    known = code_list("reasons")
    for code in row.cells:
        cell = row.cells[code]
        if cell.released:
            continue
        if not known.get(cell.code, {}).get("sentence"):
            yield code, "no reason with a sentence is recorded"
        if not cell.silent and not known.get(cell.shown_as, {}).get("who_can_change"):
            yield code, "no reason that says who can change it is shown"
        if cell.shown_as and cell.shown_as != "RESTRICTED" and shown(cell.shown_as) == "RESTRICTED":
            yield code, "the reason shown is one that discloses"


def owed(row: Row) -> Told:
    for code, cell in row.cells.items():
        if cell.obligations and not cell.released:
            yield code, "something is owed for what is not given"


def silence(row: Row) -> Told:
    for code, cell in row.cells.items():
        if cell.silent and (
            cell.effect != "withhold" or cell.shown_as or cell.missing or cell.obligations or cell.how
        ):
            yield code, "a silent cell says something"


def children(row: Row) -> Told:
    protected = row.labels & (BARRED | {"L:ADOPT"}) or row.profile.adoption != "none"
    quiet_labels = row.labels - SEXUAL - {"PREGNANT"}
    concerned = (
        row.family_child
        and row.labels & (SEXUAL | {"PREGNANT"})
        and row.decision_maker
        and row.column == "A"
        and row.partner
        and not protected
        and not quiet_labels
        and row.profile.currency in ("CURRENT", "REVIEW_OVERDUE")
    )
    for code in CLASSES if concerned else ():
        if row.cells[code].silent:
            yield code, "the decision maker is not told"


def owners_tasks(row: Row) -> Told:
    nobodys_to_hear_of = row.labels & {"L:ADOPT", "L:GRA", "L:PROTECTED"} or row.profile.adoption == "before"
    # What goes by another channel than the view was seen in the room.
    in_the_room = row.context.channel == "view"
    if row.purpose not in ("C-S47", "A-S42") or not in_the_room or row.profile.own or nobodys_to_hear_of:
        return
    for code in CLASSES:
        cell = row.cells[code]
        # What its publisher replaced or withdrew is known to it.
        current = row.profile.currency in ("CURRENT", "REVIEW_OVERDUE")
        if cell.silent and current and not cell.tasks:
            yield code, "nobody at the holder is told that an enquiry cannot see this"


def break_glass(row: Row) -> Iterator[tuple[str, str]]:
    if row.purpose != "BTG" or row.profile.own:
        return
    for code in CLASSES:
        if (code == "DM2" or depth(code) >= 5) and row.cells[code].released:
            yield code, "break glass opens location, detail or narrative"


def never_an_answer(row: Row) -> Told:
    """What the purposes of research, audit, tests and access requests give by themselves: nothing."""
    never = {"HRESCH", "PLANNING", "IG-AUDIT", "HTEST", "PATRQT", "FAMRQT", "PWATRNY"}
    # A reviewer's draft of an answer to such a request is where somebody decides.
    drafted = row.purpose in REFERRED and row.context.channel == "review"
    for code in CLASSES if row.purpose in never and row.partner and not drafted else ():
        if row.cells[code].released:
            yield code, "a value about a person leaves without anybody deciding"


def questions(row: Row) -> Told:
    for code in ("ASK", "QUERY"):
        cell = row.cells.get(code)
        if cell is not None and cell.released and row.profile.source_concern:
            yield code, "a source of concern to the case is asked"
        if cell is not None and cell.released and row.profile.paper == "SUSPENDED":
            yield code, "a suspended partner is asked"
        if cell is not None and cell.released and not row.written.may(row.context.role, row.context.purpose):
            yield code, "a source is asked for a purpose that is not open to the role"


def counting(row: Row) -> Told:
    cell = row.cells.get("COUNT")
    if cell is None or not cell.released:
        return
    if row.purpose not in ("HRESCH", "PLANNING") or row.context.role != "RESEARCHER":
        yield "COUNT", "people are counted for a purpose or a role that is not given numbers"
    if row.partner and row.profile.paper != "CURRENT":
        yield "COUNT", "a partner's people are counted without a current ISA"


INVARIANTS = (
    Invariant(
        "reason-with-a-sentence",
        "Every withheld or asked cell has a reason with a plain sentence and somebody who can change it, "
        "and none is shown that would itself disclose",
        "UK GDPR Art. 12(1); Caldicott principle 8",
        reasons,
    ),
    Invariant(
        "nothing-owed-for-nothing",
        "Nothing is owed for what is not given",
        "The obligations of an ISA bind what was received",
        owed,
    ),
    Invariant(
        "silence-is-empty",
        "A silent cell is withheld and carries no word, no level, nothing missing and nothing owed",
        "Silence is total: a reason, a count or a name must not tell what a silent rule hides",
        silence,
    ),
    Invariant(
        "never-silent-about-a-child",
        "Sexual health, termination and pregnancy of a child of the case's family are never silent to the "
        "decision maker of an enquiry, a panel or screening with a recorded risk; bars and protected "
        "persons apart",
        "Sexual Offences Act 2003 ss.5 to 9; Children Act 1989 s.47",
        children,
    ),
    Invariant(
        "silence-raises-a-task",
        "Each silence in a child protection or adult enquiry raises a task at the holder that the asker "
        "does not see; adoption, gender recognition and protected persons apart",
        "Children Act 1989 s.47(9); Care Act 2014 s.45",
        owners_tasks,
    ),
    Invariant(
        "break-glass-opens-little",
        "Break glass never opens a partner's location, detail, narrative, barred or commercial "
        "information, nor the home",
        "NHS Summary Care Record practice; Caldicott principle 3",
        break_glass,
    ),
    Invariant(
        "nobody-decides-nothing-leaves",
        "Research, planning, audit, tests and requests for access release nothing of a partner's by "
        "themselves",
        "DPA 2018 Sch. 2 para. 27; UK GDPR Arts. 15 and 89",
        never_an_answer,
    ),
    Invariant(
        "who-may-be-asked",
        "No source of concern to the case is asked, no suspended partner, and nobody for a purpose that "
        "is not open to the asker's role",
        "Tipping off: nobody who could be implicated learns that somebody asked",
        questions,
    ),
    Invariant(
        "numbers-for-researchers",
        "People are counted for research and planning only, for a researcher, and a partner's under a "
        "current ISA",
        "UK GDPR Art. 89; UK GDPR Art. 5(1)(b)",
        counting,
    ),
)
