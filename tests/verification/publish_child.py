"""Two loaders publish one child at the same moment, and one is killed before its n-th statement; a pair of forks for each n.

Arguments: folder of home and keys, address of the database (empty: SQLite), whether every statement ("all") or some ("some").
Run by test_index_at_once; prints the cases that it went through, as JSON.
"""

import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import nhs_number
from sqlalchemy.event import listen

from services.contract.problems import Problem
from services.index.index import Index
from tests.unit.index.northshire import patient, publish, small_index

WAIT = 120
KINDS = ("numbered", "doubtful")
SOME = 4
"""Statements at which a quick run kills."""
FORK = multiprocessing.get_context("fork")


def name_of(kind: str, at: int) -> str:
    """A given and family name of a case's own, which sounds like no other case's."""
    letters = "".join("bdfgklmnprstv"[int(digit)] + "aeiou"[int(digit) % 5] for digit in f"{at:03d}")
    return f"{'Ada' if kind == 'numbered' else 'Ida'} {letters.title()}"


def record(kind: str, at: int, id: str) -> dict[str, Any]:
    """The child of a case: with a verified number, or with nothing beside the name."""
    traced = _number(at) if kind == "numbered" else ""
    # Nobody of another case is born that year, and nobody of the other kind that month.
    born = f"{1920 + at}-{3 if traced else 9:02d}-27"
    return patient(f"{kind}-{at}-{id}", name_of(kind, at), born, traced)


def _number(at: int) -> str:
    """A number of the test range with its check digit; one that has none (check 10) is passed over."""
    tried = (f"9993{3 * at + step:05d}{check}" for step in range(3) for check in range(10))
    return next(one for one in tried if nhs_number.validate.is_valid(one))


def watched(index: Index, at: int) -> list[str]:
    """Counts statements and commits; before the `at`-th the process is killed."""
    ran: list[str] = []

    def step(what: str) -> None:
        ran.append(what)
        if len(ran) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    listen(index._store.engine, "before_cursor_execute", lambda *said: step(said[2]))
    listen(index._store.engine, "commit", lambda _: step("COMMIT"))
    return ran


def load(
    folder: Path, database: str, source: str, sent: dict[str, Any], at: int, ready: Callable[[], Any]
) -> int:
    """Publish as one loader; how many statements it took."""
    index = small_index(folder, database)
    ran = watched(index, at)
    ready()
    with suppress(Problem):
        publish(index, source, sent)
    index.close()
    return len(ran)


def counted(folder: Path, database: str, kind: str) -> int:
    """How many statements a publish takes that finds the same child there already."""
    told, telling = FORK.Pipe(duplex=False)

    def count() -> None:
        load(folder, database, "gp", record(kind, 0, "there"), 0, bool)
        telling.send(load(folder, database, "csc", record(kind, 0, "killed"), 0, bool))

    child = FORK.Process(target=count)
    child.start()
    found = int(told.recv())
    child.join(WAIT)
    return found


def main() -> None:
    """Every case in its turn."""
    folder, database, every = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "all"
    cases = []
    for kind in KINDS:
        last = counted(folder, database, kind) + 1
        for at in (
            range(1, last + 1) if every else sorted({1 + n * (last - 1) // (SOME - 1) for n in range(SOME)})
        ):
            barrier = FORK.Barrier(2)
            both = [
                FORK.Process(
                    target=load, args=(folder, database, source, record(kind, at, id), kill, barrier.wait)
                )
                for source, id, kill in (("csc", "killed", at), ("police", "other", 0))
            ]
            for one in both:
                one.start()
            for one in both:
                one.join(WAIT)
            cases.append([kind, at, both[0].exitcode, both[1].exitcode])
    sys.stdout.write(json.dumps(cases))


if __name__ == "__main__":
    main()
