"""`mash synth`: people who never were, to train the matching on and to test it with.

Promise: it writes a new folder and touches nothing else; nobody in it exists.
"""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer


def synth(
    folder: Annotated[Path, typer.Argument(help="New or empty folder for the files.")],
    size: Annotated[int, typer.Option(help="People in the first agency's register.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Another seed, another population.")] = 1,
    noise: Annotated[float, typer.Option(help="Mistakes of the second agency: 1 is usual, 0 none.")] = 1.0,
    fhir: Annotated[bool, typer.Option("--fhir", help="Also as FHIR Patients, one a line.")] = False,
) -> None:
    """Invent a population from a seed: people, their records, noisy queries about them, and labelled hard pairs.

    Example: mash synth people-1 --size 100000 --seed 7 --noise 1.5

    The same seed, size and noise give the same bytes everywhere. NHS numbers are of the test range 999, postcodes of
    no place (ZZ), telephone numbers of no network. Train on one seed and noise, test on others.
    """
    from services.index.synth.population import Order
    from services.index.synth.write import write

    order = Order(seed, size, noise)
    total = order.size + order.absent
    began = time.monotonic()

    def told(count: int) -> None:
        if sys.stderr.isatty() or count == total:
            end = "\n" if count == total else "\r"
            print(f"{count:,} of {total:,} people", end=end, file=sys.stderr, flush=True)

    digests = write(folder, order, fhir, told)
    took = time.monotonic() - began
    print(f"Invented {size:,} people from seed {seed}, noise {noise:g}, in {folder} ({took:.0f} s).")
    print(f"{order.queries:,} queries about them and {order.absent:,} about people who are not among them.")
    for name, digest in digests.items():
        print(f"  {name:15} sha256 {digest}")
