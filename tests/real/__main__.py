"""`python -m tests.real`: obtain what the tests need before they run, saying what takes the time.

A part that cannot be had ends this only where MASH_REQUIRE names it; else the tests skip it and say why.
"""

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from services.cli.parts.cache import CannotObtain
from services.cli.parts.java import java
from services.cli.parts.kafka import kafka_jars
from services.cli.parts.kafka_classes import keep_classes
from services.cli.parts.opa import opa_binary
from services.cli.parts.postgres import postgres_programs
from tests.real import browser, kafka, opa, outside, postgres, stock_witness
from tests.real.find import Way, outlook, required

NOWHERE = Path("unused")


def take_browser() -> object:
    for way in browser.ways():
        try:
            way.look()
            return way.take()
        except CannotObtain as why:
            reason = why
    raise reason


def take_kafka() -> object:
    return java(), kafka_jars(), keep_classes()


def take_outside() -> object:
    return outside.programs(), stock_witness.programs()


def main() -> int:
    """Kafka and OPA may be found elsewhere; their programs are obtained where they are to be run here."""
    wanted: Mapping[str, tuple[list[Way[Any]], Callable[[], object]]] = {
        "kafka": (kafka.ways(NOWHERE), take_kafka),
        # Always: the policies' own tests and the embedded engine are made by this program.
        "opa": (opa.ways(NOWHERE), opa_binary),
        "postgres": (postgres.ways(NOWHERE), postgres_programs),
        "browser": (browser.ways(), take_browser),
        "outside": ([*outside.ways(), *stock_witness.ways()], take_outside),
    }
    failed = False
    for part, (ways, obtain) in wanted.items():
        started = time.monotonic()
        first = outlook(part, ways)
        try:
            if part == "opa" or not first.startswith((f"{part}: address", f"{part}: container")):
                obtain()
            sys.stderr.write(f"tests: {first} ({time.monotonic() - started:.1f} s)\n")
        except CannotObtain as why:
            failed = failed or part in required()
            sys.stderr.write(f"tests: no {part}: {why}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
