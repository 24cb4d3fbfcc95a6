"""Who is who: the table of the person index, with its bars, printed from one run.

An invented population (`mash synth`) is loaded sealed, the second agency's records are put to the matcher one by one, and what
comes of each is held against the truth. A smaller index of the same people answers in turn with the larger one, for what size
costs. Rows that could not be run are named. Exit 1 where a bar is missed.

    python -m benchmarks.match [--people FOLDER | --size 100000 --seed 7 --noise 1] [--database sqlite|postgres]
                               [--queries 22000] [--data FOLDER] [--bias] [--keep FOLDER]
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from benchmarks.matching import bias, folder, judge, over_http, splink_route
from benchmarks.matching.ask import Question, Result, ask, ask_all, stage
from benchmarks.matching.folder import Asked, Folder
from benchmarks.matching.gates import Table, quantile
from benchmarks.matching.load import load
from benchmarks.matching.place import POSTGRES, SQLITE, NoServer, Place, a_schema, a_server, open_place
from services.index.synth.fhir import patient
from services.index.synth.population import Order

Some = TypeVar("Some")
SMALL = 10_000
COST = 1.5


@dataclass(slots=True)
class Run:
    """One run on one database."""

    people: Folder
    options: argparse.Namespace
    table: Table
    scratch: Path
    own: Path
    address: str
    not_run: dict[str, str] = field(default_factory=dict)
    """Row to why it could not be run."""

    def place(self, name: str, most: int | None = None) -> Place:
        """The index of that name, loaded with the register (the first `most` of it): now, or by an earlier run that kept it."""
        folder = self.scratch / name
        mark = folder / "loaded.json"
        wanted = {"records": self.people.said["sha256"]["records.csv"], "most": most}
        kept = json.loads(mark.read_text(encoding="utf-8")) if mark.is_file() else {}
        if kept and kept["of"] == wanted:
            print(f"{name}: as an earlier run loaded it", flush=True)
            return open_place(folder, f"{self.address}{kept['schema']}" if self.address else "")
        database = a_schema(self.address) if self.address else ""
        place = filled(open_place(folder, database), self.people, most, self.options.workers)
        mark.write_text(
            json.dumps({"of": wanted, "schema": database.removeprefix(self.address)}), encoding="utf-8"
        )
        return place


def asked(people: Folder, most: int) -> list[tuple[Asked, Question]]:
    """Queries, every n-th where fewer are wanted."""
    return [(one, Question(patient(one.record), one.record.source, one.expected))
            for one in spread([*people.queries()], most)]  # fmt: skip


def spread(found: Sequence[Some], most: int) -> Sequence[Some]:
    """At most so many, every n-th of them; none of none."""
    return found[:: -(-len(found) // most)] if found and most > 0 else ()


def filled(place: Place, people: Folder, most: int | None, workers: int) -> Place:
    """The register in an index, with what it took."""
    began = time.perf_counter()

    def told(count: int) -> None:
        if count % 100_000 == 0:
            print(f"  {count:,} loaded, {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)

    count = load(place, folder.SOURCE, people.patients(most), workers, told)
    print(
        f"{place.kind}: {count:,} records loaded and sealed in {time.perf_counter() - began:.0f} s",
        flush=True,
    )
    return place


def on_queries(run: Run) -> list[str]:
    """The rows of the queries, of speed and of cost."""
    both = asked(run.people, run.options.queries)
    queries, questions = [one for one, _ in both], [one for _, one in both]
    large = run.place("large")
    stage(large, questions)
    results = [*ask_all(large, questions)]
    judge.queries(run.table, queries, results)
    judge.speed(run.table, results)
    lines = bias.report(run.table, queries, results) if run.options.bias else []
    if run.people.size > SMALL:
        cost(run, large, queries, questions)
    else:
        run.not_run["cost"] = f"no more than {SMALL:,} people"
    if not run.options.bias:
        run.not_run["bias"] = "no --bias"
    if run.options.http:
        over_http.measure(run.table, run.options.http)
    else:
        run.not_run["http"] = "--http 0"
    beside_splink(run, large, spread(questions, run.options.splink))
    large.store.engine.dispose()
    return lines


def beside_splink(run: Run, large: Place, questions: Sequence[Question]) -> None:
    """Splink's online route on some of the questions, where it is installed."""
    if not questions:
        run.not_run["splink"] = "no question for it (`--splink`)"
        return
    try:
        splink_route.side_by_side(run.table, large, questions)
    except ImportError as error:
        run.not_run["splink"] = f"{error.name} is not installed (the extra `train`)"


def on_labelled(run: Run) -> None:
    """Published sets, the score alone at its best threshold: benchmarks/score.py measures, this prints."""
    rows = {"febrl4": "febrl4", "febrl3": "febrl3", "historical": "historical_50k"}
    if not run.options.data:
        run.not_run |= dict.fromkeys(rows, "no --data FOLDER")
        return
    try:
        score = import_module("benchmarks.score")
    except ImportError as error:
        run.not_run |= dict.fromkeys(rows, f"{error.name} is not installed (the extra `train`)")
        return
    for row, name in rows.items():
        try:
            found = score.measure(run.options.data, name)
        except FileNotFoundError as error:
            run.not_run[row] = f"{Path(str(error.filename or error)).name} is not in the folder"
            continue
        words = f"F1 {found.f1:.4f} (precision {found.precision:.4f}, recall {found.recall:.4f})"
        run.table.gate(row, words, found.f1 >= found.target, f">= {found.target}")


def cost(run: Run, large: Place, queries: Sequence[Asked], questions: Sequence[Question]) -> None:
    """The same questions to the first people alone and to everybody, turn by turn."""
    small = run.place("small", SMALL)
    known = {one["id"] for one in run.people.patients(SMALL)}
    chosen = [
        question for query, question in zip(queries, questions, strict=True) if query.expected in known
    ][:1_000]
    if not chosen:
        run.not_run["cost"] = f"none of the questions is about the first {SMALL:,} people"
        return
    stage(small, chosen)
    warm = chosen[:50]
    times: dict[str, list[Result]] = {"small": [], "large": []}
    for turn, question in enumerate([*warm, *chosen]):
        for name, place in (("small", small), ("large", large)):
            result = ask(place, question)
            if turn >= len(warm):
                times[name].append(result)
    small.store.engine.dispose()
    clock = {name: quantile([one.seconds for one in some], 0.5) for name, some in times.items()}
    used = {name: quantile([one.processor for one in some], 0.5) for name, some in times.items()}
    ratio, of_processor = clock["large"] / clock["small"], used["large"] / used["small"]
    words = f"{ratio:.2f}x by the clock, {of_processor:.2f}x of processor time"
    words += f" ({SMALL:,} to {run.people.size:,} people, {len(chosen)} questions in turn)"
    run.table.gate("cost", words, ratio <= COST, f"<= {COST}x")


def on_pairs(run: Run) -> list[str]:
    """The hard pairs: the first record of each in one index, the second put to it."""
    pairs = [*run.people.pairs()]
    place = open_place(run.own / "pairs", a_schema(run.address) if run.address else "")
    load(place, folder.SOURCE, (patient(pair.one) for pair in pairs), run.options.workers)
    questions = [
        Question(patient(pair.other), pair.other.source, folder.fhir_id(pair.one.id) if pair.same else "")
        for pair in pairs
    ]
    stage(place, questions)
    results = [*ask_all(place, questions)]
    place.store.engine.dispose()
    return judge.hard(run.table, pairs, results)


def machine() -> str:
    """What it ran on."""
    return (f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}, "
            f"Python {platform.python_version()}")  # fmt: skip


def on_database(kind: str, people: Folder, options: argparse.Namespace) -> int:
    """The table of one database; how many bars were missed."""
    table = Table(f"{kind}, {people.name()}; {machine()}")
    with ExitStack() as opened:
        own = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        # PostgreSQL started by root runs as somebody else, who must be able to pass through; what is in it is sealed.
        own.chmod(0o711)
        scratch = options.keep / kind if options.keep else own
        scratch.mkdir(parents=True, exist_ok=True)
        try:
            address = opened.enter_context(a_server(scratch / "server")) if kind == POSTGRES else ""
        except NoServer as reason:
            print(f"{kind}: NOT RUN, every row: {reason}", flush=True)
            return 1
        run = Run(people, options, table, scratch, own, address)
        lines = [*on_pairs(run), *on_queries(run)]
        on_labelled(run)
    print("\n".join([*table.lines(run.not_run), "", *lines, ""]), flush=True)
    return table.missed


def main() -> int:
    """Run, print, and exit 1 where a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=Path, help="a folder that `mash synth` wrote; else one is made")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--noise", type=float, default=1.0)
    parser.add_argument("--database", choices=[SQLITE, POSTGRES, "both"], default="both")
    parser.add_argument("--queries", type=int, default=22_000, help="at most so many")
    parser.add_argument("--workers", type=int, default=2, help="processes that seal while loading")
    parser.add_argument("--bias", action="store_true", help="rates by name culture, age and what is missing")
    parser.add_argument("--splink", type=int, default=200, help="questions put to Splink's route, too")
    parser.add_argument("--http", type=int, default=300, help="questions over HTTP, to a hub of its own")
    parser.add_argument(
        "--data", type=Path, help="a folder with febrl/ and splink_datasets/, for the published sets"
    )
    parser.add_argument("--keep", type=Path, help="a folder in which loaded indexes stay, to be asked again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        people = (folder.opened(options.people) if options.people
                  else folder.made(Path(made) / "people", Order(options.seed, options.size, options.noise)))  # fmt: skip
        kinds = [SQLITE, POSTGRES] if options.database == "both" else [options.database]
        missed = sum(on_database(kind, people, options) for kind in kinds)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
