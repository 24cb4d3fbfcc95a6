"""`mash index`: for whoever runs the person index.

Promise: `rekey` makes nobody somebody else's; `train` reads, learns and reports, writes one new file where it is asked to, and
puts nothing in force.
"""

import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.exits import Exit, Reporting
from services.cli.installation import settings_of
from services.cli.ledger.in_words import counted
from services.cli.ledger.progress import counting
from services.contract.problems import BadInput, BadSetting

if TYPE_CHECKING:
    from services.index.matching.model import Model
    from services.index.read import Summary
    from services.index.training.difference import Decisions
    from services.index.training.learn import Plan

app = typer.Typer(
    cls=Reporting,
    help="The person index: who is who.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
MOVED = 0.005
"""Bits below which a weight is printed as unchanged."""


@app.callback()
def group() -> None:
    """For whoever runs the person index."""


@app.command(epilog="Example: mash index rekey demo-home")
def rekey(
    home: Annotated[Path | None, typer.Argument(help="MASH_HOME; default that of the settings.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Say whether it is needed, and do nothing.")] = False,
) -> None:
    """Make the look-up keys of records that were published before the hub made the keys that it makes now.

    The hub says at its start when this is needed: such records are found by fewer of the things that a worker may know. It may
    run beside the hub, be ended at any moment, and be run again. Nobody is linked or parted by it.

    Exit: 0 done, or not needed; 1 --check: it is needed; 2 usage; 3 the database is away.
    """
    from services.cli.index_opened import index_opened

    with index_opened(settings_of(home)) as index:
        if check:
            needed = index.keys_lacking()
            print(
                "Records lack look-up keys; run mash index rekey." if needed else "Every record has its keys."
            )
            raise typer.Exit(Exit.FINDINGS if needed else Exit.OK)
        with counting("records") as step:
            changed = index.rekey(step)
    print(
        f"{counted(changed, 'record')} lacked look-up keys and {'has' if changed == 1 else 'have'} them now."
    )


@app.command(epilog="Example: mash index train exported-patients --out model-2026-11.json")
def train(
    data: Annotated[Path, typer.Argument(help="Folder of FHIR Patients: .ndjson (one a line) or .json.")],
    out: Annotated[Path | None, typer.Option(help="New file; without it nothing is written.")] = None,
    known: Annotated[
        Path | None,
        typer.Option("--model", envvar="MASH_INDEX_MODEL", help="Compared with; default the shipped one."),
    ] = None,
    people: Annotated[int, typer.Option(min=2, help="People of the place that the hub serves.")] = 1_000_000,
    pairs: Annotated[int, typer.Option(min=1000, help="Random pairs looked at.")] = 10_000_000,
    seed: Annotated[int, typer.Option(help="Of the random pairs and of the sample.")] = 1,
    every: Annotated[int, typer.Option(min=1, help="Decide again for one record in so many.")] = 20,
    invented: Annotated[bool, typer.Option("--invented", help="Made by mash synth.")] = False,
) -> None:
    """Learn from records how much each agreement between two of them is worth, and say what that would change.

    No labels are needed, but some people must stand there more than once. The file holds weights, and names that ten
    people or more bear. It is put in force by MASH_INDEX_MODEL.
    """
    _check(out)
    from services.index.matching import model
    from services.index.training import folder
    from services.index.training.learn import Plan

    before = model.in_force(known)
    began = time.monotonic()
    records = folder.read(data)
    print(f"Read {len(records):,} records of people. Training; this takes minutes.", flush=True)
    said = folder.population(data) if invented else {}
    text, notes = _trained(records, Plan(people=people, pairs=pairs, seed=seed), before, said)
    after = model.parse(text, out.name if out else "model")
    print(f"Trained in {time.monotonic() - began:,.0f} s. Compared with the model {before.digest[:12]}:\n")
    _print_weights(before, after)
    _print_notes(notes)
    _print_decisions(_decided(before, after, records, every, seed), every)
    _finish(out, text)


def _finish(out: Path | None, text: str) -> None:
    if out:
        out.write_text(text, encoding="utf-8")
    where = (
        f"Wrote {out}; to put it in force, set MASH_INDEX_MODEL to it and start again."
        if out
        else "Wrote no file."
    )
    print(f"\n{where} Nothing has changed.")


def _check(out: Path | None) -> None:
    if out and out.exists():
        raise BadInput(
            f"{out.name} is there already", next_step="Name a new file: a model is never written over."
        )
    if not find_spec("splink"):
        raise BadSetting(
            "training needs Splink", next_step="Install the extra: pip install 'mash-hub[train]'"
        )


def _trained(
    records: list["Summary"], plan: "Plan", before: "Model", said: dict[str, Any]
) -> tuple[str, list[str]]:
    """The text of the model and what of it was not simply learned. `said`: what an invented population says of itself."""
    from services.index.matching import model
    from services.index.training import export
    from services.index.training.learn import learn

    began, busy = time.monotonic(), time.process_time()
    learned = learn(records, plan)
    of = (
        "invented people (mash synth): no real person's record was seen"
        if said
        else "a deployment's own records"
    )
    made: dict[str, Any] = {
        "by": "mash index train",
        "note": f"Trained on {of}.",
        "records": learned.records,
        "people": plan.people,
        "random_pairs": plan.pairs,
        "seed": plan.seed,
        "blocks": list(plan.blocks),
        "seconds": round(time.monotonic() - began),
        "processor_seconds": round(time.process_time() - busy),
        **({"population": said} if said else {}),
    }
    document, notes = export.document(learned, before, made, bool(said))
    return model.seal(document), notes


def _print_weights(before: "Model", after: "Model") -> None:
    from services.index.training.difference import weights

    print(f"{'comparison':11} {'level':10} {'now':>8} {'new':>8} {'change':>8}  bits")
    for one in weights(before, after):
        moved = one.after - one.before
        change = f"{moved:+8.2f}" if abs(moved) >= MOVED else f"{'-':>8}"
        print(f"{one.comparison:11} {one.level:10} {one.before:8.2f} {one.after:8.2f} {change}")
    print(f"{'prior':22} {before.prior:8.2f} {after.prior:8.2f} {after.prior - before.prior:+8.2f}")
    for name, found in sorted(after.frequencies.items()):
        print(
            f"{name}: {len(found.shares):,} names with their frequency, {len(before.frequencies[name].shares):,} now"
        )


def _print_notes(notes: list[str]) -> None:
    for note in notes:
        print(f"  note: {note}")


def _decided(before: "Model", after: "Model", records: list["Summary"], every: int, seed: int) -> "Decisions":
    from services.index.training import difference, judging, pairs, rows

    print("\nDeciding a sample under both models.", file=sys.stderr, flush=True)
    found = pairs.found(rows.table(records), every=every, seed=seed)
    return difference.decisions(before, after, records, found, judging.outcome)


def _print_decisions(found: "Decisions", every: int) -> None:
    print(
        f"\nOne record in {every} against all: {found.pairs:,} pairs, of which {found.changed:,} would be decided otherwise"
    )
    for (was, now), count in sorted(found.counts.items()):
        print(f"  {was:7} -> {now:7} {count:>10,}{'' if was == now else '  <- changes'}")
