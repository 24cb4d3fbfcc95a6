"""How long the R4 gate takes per resource, beside fhir.resources R4B (`model_validate`), in one run on one set.

    python -m benchmarks.validate
    MASH_CORPUS=folder-of-fhir python -m benchmarks.validate --rounds 20

Promise: both see the same parsed resources, in turn within each round, and the best round of each counts; only
resources that both accept are timed. The floor is a ratio: where the gate is less than FLOOR times as quick, the
exit code is 1. Times are processor time of this machine; the ratio is what is claimed.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fhir.resources.R4B import get_fhir_model_class

from services.contract.canonical import NotJson, parse
from services.runtime.fhir import is_valid

FLOOR = 5.0
AT_LEAST = 200  # resources judged in one turn
OWN = Path(__file__).resolve().parents[1] / "tests/unit/runtime/fhir_examples.json"
Judge = Callable[[int], object]


def own() -> list[bytes]:
    return [json.dumps(resource).encode() for resource in json.loads(OWN.read_bytes())]


def corpus(folder: Path) -> dict[str, list[bytes]]:
    """The files of each folder directly below."""
    return {
        path.name: [f.read_bytes() for f in sorted(path.rglob("*.json"))] for path in sorted(folder.iterdir())
    }


def accepted_by_both(texts: Sequence[bytes]) -> list[bytes]:
    """StructureDefinitions apart: no hub sends them, and they would be most of the time."""
    found = []
    for text in texts:
        try:
            resource = parse(text)
            name = resource["resourceType"]
            if name == "StructureDefinition" or not is_valid(resource):
                continue
            get_fhir_model_class(name).model_validate(json.loads(text))
        except (NotJson, KeyError, TypeError, ValueError):
            continue
        found.append(text)
    return found


def best(rounds: int, count: int, *judges: Judge) -> list[float]:
    """Microseconds per resource of each judge, the best of `rounds` taken in turn."""
    numbers = list(range(count)) * -(-AT_LEAST // count)  # a small set is gone through more than once
    times = [float("inf")] * len(judges)
    for _ in range(rounds):
        for place, judge in enumerate(judges):
            started = time.process_time()
            for number in numbers:
                judge(number)
            times[place] = min(times[place], (time.process_time() - started) / len(numbers) * 1e6)
    return times


def measured(texts: Sequence[bytes], rounds: int) -> tuple[float, float, float]:
    """Microseconds per resource: parsing as the hub does, the gate after it, fhir.resources after json.loads."""
    ours: list[Any] = [parse(text) for text in texts]
    theirs: list[Any] = [json.loads(text) for text in texts]
    models = [get_fhir_model_class(resource["resourceType"]) for resource in theirs]
    parsing, gate, peer = best(
        rounds,
        len(texts),
        lambda n: parse(texts[n]),
        lambda n: is_valid(ours[n]),
        lambda n: models[n].model_validate(theirs[n]),
    )
    return parsing, gate, peer


def main() -> int:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "python -m benchmarks.validate", description=__doc__, formatter_class=plain
    )
    parser.add_argument("--rounds", type=int, default=10, help="how often each is timed (default 10)")
    rounds = parser.parse_args().rounds
    folder = os.environ.get("MASH_CORPUS")
    sets = {"own examples": own(), **(corpus(Path(folder)) if folder else {})}
    print(
        f"{'set':20} {'resources':>9} {'bytes':>6} {'parse':>8} {'gate':>8} {'R4B':>9} {'ratio':>6}   (us per resource)"
    )
    ratios = []
    for name, every in sets.items():
        texts = accepted_by_both(every)
        if texts:
            parsing, gate, peer = measured(texts, rounds)
            ratios.append(peer / gate)
            size = sum(map(len, texts)) / len(texts)
            print(
                f"{name:20} {len(texts):9} {size:6.0f} {parsing:8.1f} {gate:8.1f} {peer:9.1f} {ratios[-1]:5.1f}x"
            )
    print(f"floor {FLOOR:.0f}x: {'kept' if min(ratios) >= FLOOR else 'not kept'}")
    return 0 if min(ratios) >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
