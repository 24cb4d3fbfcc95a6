"""600 cells by composed tables, against the embedded engine and a real OPA server, in one run; and a million decisions walked.

As many profiles of one question as make 600 cells, the same for all three. Warm: the profiles were seen before. Unseen: the
question was seen, its profiles not. Cold: nothing was seen. Gates, on warm: at least 60 times as quick as the embedded engine,
300 times as quick as the server. Then a million recorded decisions, of 2,000 different questions, are walked one by one: the
floor for whoever replays them.

    python -m benchmarks.cells [--rounds 30] [--decisions 1000000] [--without-server]
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from services.contract.decisions import Context, Profile, as_input
from services.contract.vocabulary import codes
from services.policy.engine_rows import EngineRows
from services.policy.ports import Engine
from services.policy.tables.artefact import as_bytes
from services.policy.tables.walk import Walk
from tests.policy_world import embedded, random_context, random_profile, served, shipped_book
from tests.real import opa
from tests.real.find import Server, take
from tests.tables_world import shipped_tables

CELLS = 600
GATES = {"embedded engine": 60, "OPA server": 300}


def typed(members: dict[str, Any]) -> dict[str, Any]:
    """Lists as the tuples of contexts and profiles."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in members.items()}


def asked(seed: int, profiles: int) -> tuple[Context, list[Profile]]:
    """One question at random, its profiles all different."""
    draw = random.Random(seed)
    about = random_context(draw)
    found: dict[Profile, None] = {}
    while len(found) < profiles:
        found[Profile(**typed(random_profile(draw, about)))] = None
    return Context(**typed(about)), [*found]


def timed(
    work: Callable[[], object], rounds: int, before: Callable[[], object] = lambda: None
) -> list[float]:
    """Seconds of each round."""
    times = []
    for _ in range(rounds):
        before()
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return times


def tables_against(engines: dict[str, Engine], rounds: int) -> bool:
    """The first part; whether the gates are met."""
    count = -(-CELLS // len(codes("classes")))
    context, profiles = asked(20261130, count)
    print(f"{count} profiles of {len(codes('classes'))} classes: {count * len(codes('classes'))} cells")
    walk = Walk(shipped_tables())
    document = {
        "context": as_input(context),
        "profiles": [as_input(profile) for profile in profiles],
        "classes": list(codes("classes")),
    }
    walk.rows(context, profiles)
    warm = timed(lambda: walk.rows(context, profiles), 20 * rounds)
    unseen = timed(lambda: walk.rows(context, profiles), rounds, walk.forget_profiles)
    cold = timed(lambda: walk.rows(context, profiles), rounds, walk.forget)
    for name, times in {"tables, warm": warm, "tables, unseen": unseen, "tables, cold": cold}.items():
        print(line(name, times))
    met = True
    for name, engine in engines.items():
        if list(EngineRows(engine, shipped_book()).rows(context, profiles)) != list(
            walk.rows(context, profiles)
        ):
            raise SystemExit(f"the {name} answers otherwise")
        times = timed(lambda engine=engine: engine.ask(shipped_book(), document), rounds)  # type: ignore[misc]
        ratio = statistics.median(times) / statistics.median(warm)
        met = met and ratio >= GATES[name]
        said = "met" if ratio >= GATES[name] else "MISSED"
        slower = statistics.median(times) / statistics.median(cold)
        print(line(name, times))
        print(f"  {ratio:.0f} times the tables, gate {GATES[name]}: {said}; {slower:.1f} times the cold ones")
    return met


def line(name: str, times: list[float]) -> str:
    """Least and median, in microseconds."""
    return f"{name:16} {min(times) * 1e6:10.0f} us least {statistics.median(times) * 1e6:10.0f} us median"


def walked(decisions: int) -> None:
    """The second part: recorded decisions, each of one profile, walked one by one."""
    recorded = []
    for seed in range(2_000):
        context, profiles = asked(seed, 2)
        recorded += [(context, [profile]) for profile in profiles]
    walk = Walk(shipped_tables())
    began = time.perf_counter()
    for number in range(decisions):
        context, profiles = recorded[number % len(recorded)]
        walk.rows(context, profiles)
    took = time.perf_counter() - began
    print(
        f"{decisions} decisions of {len(recorded)} kinds walked in {took:.1f} s, {took / decisions * 1e6:.2f} us each"
    )


def server(opened: ExitStack) -> Engine:
    """A real server with the shipped book, found as tests find it."""
    folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))

    def start(*policies: Path, bundle: bool = False, arguments: tuple[str, ...] = ()) -> Server:
        found = take("opa", opa.ways(folder / "server", policies, bundle=bundle, arguments=arguments))
        opened.callback(found.stop)
        return found

    return served(start, folder)[0]


def main() -> int:
    """Run, print, and exit 1 where a gate is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--without-server", action="store_true", help="the embedded engine alone")
    options = parser.parse_args()
    tables = shipped_tables()
    print(f"{tables.rows} rows in {len(tables.tables)} tables, {len(as_bytes(tables))} bytes")
    with ExitStack() as opened:
        engines: dict[str, Engine] = {"embedded engine": embedded()}
        if not options.without_server:
            engines["OPA server"] = server(opened)
        for engine in engines.values():
            opened.callback(engine.close)
        met = tables_against(engines, options.rounds)
    walked(options.decisions)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
