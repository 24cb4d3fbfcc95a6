"""Whether how long a search takes tells that somebody is protected: absent, unknown and protected, interleaved in one run.

Promise: a whole hub in a temporary folder with the invented families, asked through the same door as API and pages; the
three kinds of question have one shape, and take turns, so that whatever else the machine does falls on all alike.

Prints the median time of each kind, and the ratio of each to that of somebody unknown. `--limit` is the ratio, either way,
above which the run fails.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from services.contract.people import About
from services.contract.views import FamilyView
from tests.hub.world import World, a_world

DANA = {"given": "Dana", "family": "Reid", "birth_date": "1990-02-11"}
ABSENT = {"given": "Dona", "family": "Rees", "birth_date": "1990-02-12"}
"""Nobody's name and nobody's birth."""
UNKNOWN = {"given": "Oona", "family": "Quist", "birth_date": "1961-08-30"}
PLACES: tuple[Mapping[str, str], ...] = (
    {},
    {"postcode": "ZZ99 4SA"},
    {"street": "Juniper Walk"},
    {"phone": "01632 960104"},
    {"school": "Elmfield"},
)


def main() -> int:
    """Run it; 1 where a ratio is above the limit."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: python benchmarks/equal_cost.py --rounds 40 --limit 1.3",
    )
    parser.add_argument("--rounds", type=int, default=40, help="questions of each kind at each place")
    parser.add_argument(
        "--limit", type=float, default=1.3, help="largest ratio, either way, that is no finding"
    )
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = a_world(Path(folder), searches_an_hour=100_000)
        try:
            return _report(_measure(world, told.rounds), told.limit)
        finally:
            world.close()


def _measure(world: World, rounds: int) -> dict[tuple[str, str], list[float]]:
    kinds = {"protected": DANA, "absent": ABSENT, "unknown": UNKNOWN}
    case = world.s47()
    taken: dict[tuple[str, str], list[float]] = {}
    for turn in range(rounds):
        for place in PLACES:
            names = list(kinds)
            # Each kind is first as often as any other.
            for kind in names[turn % 3 :] + names[: turn % 3]:
                began = time.perf_counter()
                view = world.ask(case, About(**kinds[kind], **place))
                spent = time.perf_counter() - began
                if not isinstance(view, FamilyView) or view.match != "NONE":
                    raise SystemExit(f"somebody {kind} was not answered as somebody unknown")
                if turn:
                    taken.setdefault((" ".join(place) or "by name", kind), []).append(spent)
    return taken


def _report(taken: dict[tuple[str, str], list[float]], limit: float) -> int:
    print("| question | protected | absent | unknown | protected / unknown | absent / unknown |")
    print("|---|---|---|---|---|---|")
    worst = 1.0
    for place in dict.fromkeys(place for place, _ in taken):
        protected, absent, unknown = (
            statistics.median(taken[place, kind]) for kind in ("protected", "absent", "unknown")
        )
        ratios = protected / unknown, absent / unknown
        worst = max(worst, *ratios, *(1 / one for one in ratios))
        times = " | ".join(f"{1000 * one:.1f} ms" for one in (protected, absent, unknown))
        print(f"| {place} | {times} | {ratios[0]:.2f} | {ratios[1]:.2f} |")
    print(f"largest ratio, either way: {worst:.2f} (limit {limit:.2f})")
    return int(worst > limit)


if __name__ == "__main__":
    raise SystemExit(main())
