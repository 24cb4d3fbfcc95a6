"""A million recorded decisions replayed, against the bare table walk over the same decisions, turn by turn in one run.

Records are as the hub writes and seals them: each has its own salt, and no two are the same bytes. The replay is given bytes,
decides them again and compares every cell. The bare walk is given contexts and profiles that were read before, and compares
nothing. What is timed begins with nothing remembered. Gate: the replay decides at least 0.9 times as many in a second as the bare
walk. How many different decisions there are among them (--kinds) decides it: one that differs from all before in more than its
salt must be read, which the bare walk need not. The last line gives the two for such decisions alone.

    python -m benchmarks.replay [--decisions 1000000] [--kinds 2000]
"""

import argparse
import random
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.cells import asked
from services.contract.canonical import b64u
from services.contract.decisions import Answer, Context, Profile
from services.contract.vocabulary import codes
from services.gateway.trail import Trail
from services.policy.recorded import Recorded
from services.policy.replay import Replayer
from services.policy.tables.walk import Walk
from tests.policy_world import shipped_book
from tests.tables_world import shipped_tables

GATE = 0.9
BATCH = 10_000
"""Records that are made, untimed, before each turn."""
CALLS = ((1, 2), (2, 12))
"""Least and most profiles: whether the question may be put, and what is held of a family."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One decision: its record in two parts, the salt between them, and its calls as they were read."""

    before: bytes
    after: bytes
    context: Context
    calls: tuple[Sequence[Profile], ...]

    def record(self, number: int) -> Recorded:
        """The record with a salt of its own."""
        body = b"".join((self.before, b64u(secrets.token_bytes(32)).encode(), self.after))
        return Recorded(str(number), shipped_book().digest, body)


def kind(seed: int, walk: Walk) -> Kind:
    """A decision at random, decided and sealed as the hub does."""
    draw = random.Random(seed)
    sizes = [draw.randint(*call) for call in CALLS]
    context, profiles = asked(seed, sum(sizes))
    calls = (profiles[: sizes[0]], profiles[sizes[0] :])
    trail, book = Trail(context), shipped_book()
    for call in calls:
        cells = tuple(walk.rows(context, call))
        trail.keep(Answer(book.revision, book.digest, cells, (), tuple(call), codes("classes")))
    before, salt, after = trail.sealed_form().whole().partition(b64u(trail.salt).encode())
    if not salt:
        raise SystemExit("a record without its salt")
    return Kind(before, after, context, calls)


def bare(walk: Walk, kinds: Sequence[Kind]) -> None:
    """The floor."""
    for one in kinds:
        for call in one.calls:
            walk.rows(one.context, call)


def batches(decisions: int, kinds: Sequence[Kind]) -> Iterator[list[Kind]]:
    """Which decision each record is of, at random."""
    draw = random.Random(decisions)
    for start in range(0, decisions, BATCH):
        yield draw.choices(kinds, k=min(BATCH, decisions - start))


def run(decisions: int, kinds: Sequence[Kind]) -> tuple[float, float]:
    """Seconds of the replay and of the bare walk. Ends the run where a decision is not as it was recorded."""
    walk, replayer = Walk(shipped_tables()), Replayer({shipped_book().digest: Walk(shipped_tables())})
    replayed = walked = 0.0
    for batch in batches(decisions, kinds):
        records = [one.record(number) for number, one in enumerate(batch)]
        began = time.perf_counter()
        found = replayer.replay(records)
        between = time.perf_counter()
        bare(walk, batch)
        walked += time.perf_counter() - between
        replayed += between - began
        if found.same != len(records):
            raise SystemExit(f"not as recorded: {dict(found.failed)}")
    return replayed, walked


def unseen(kinds: Sequence[Kind]) -> tuple[float, float]:
    """Seconds of the replay and of the bare walk where no record is like another; the tables are warm for both."""
    walk = Walk(shipped_tables())
    bare(walk, kinds)
    records = [one.record(number) for number, one in enumerate(kinds)]
    began = time.perf_counter()
    Replayer({shipped_book().digest: walk}).replay(records)
    between = time.perf_counter()
    bare(walk, kinds)
    return between - began, time.perf_counter() - between


def main() -> int:
    """Run, print, and exit 1 where the gate is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--kinds", type=int, default=2_000, help="different decisions among them")
    options = parser.parse_args()
    walk = Walk(shipped_tables())
    kinds = [kind(seed, walk) for seed in range(options.kinds)]
    rows = sum(len(call) for one in kinds for call in one.calls) / len(kinds)
    size = sum(len(one.before) + 43 + len(one.after) for one in kinds) / len(kinds)
    print(
        f"{options.decisions} records of {options.kinds} decisions, {rows:.1f} profiles and {size:.0f} bytes each"
    )
    replayed, walked = run(options.decisions, kinds)
    for name, took in {"replay": replayed, "bare walk": walked}.items():
        each = took / options.decisions * 1e6
        print(f"{name:10} {took:8.1f} s {each:8.1f} us a decision {options.decisions / took:10.0f} a second")
    first, floor = (took / len(kinds) * 1e6 for took in unseen(kinds))
    print(
        f"no two alike: replay {first:.1f} us a decision, bare walk {floor:.1f} us; {floor / first:.2f} times"
    )
    ratio = walked / replayed
    print(f"{ratio:.2f} times the bare walk, gate {GATE}: {'met' if ratio >= GATE else 'MISSED'}")
    return 0 if ratio >= GATE else 1


if __name__ == "__main__":
    sys.exit(main())
