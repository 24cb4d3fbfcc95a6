"""A process that carries out an erasure and is killed at a point of it. Run by test_erasure.

Arguments: home, store, hub, the id of the request, and the point: MODULE.FUNCTION.before or after.
"""

import importlib
import os
import sys
from pathlib import Path
from typing import Any

from tests.verification.ledger_world import Place
from tests.verification.test_erasure import ANY_DAY, GUARDIAN


def main() -> None:
    home, store, hub, request, point = sys.argv[1:]
    module, name, when = point.split(".")
    with Place(Path(home), store, hub, more=ANY_DAY).opened() as ledger:
        kinds: dict[str, Any] = {"store": ledger._sequencer.store, "sequencer": ledger._sequencer}
        owner: Any = kinds.get(module) or importlib.import_module(f"services.ledger.erasure.{module}")
        real = getattr(owner, name)

        def dying(*arguments: Any, **named: Any) -> Any:
            if when == "before":
                os._exit(9)
            real(*arguments, **named)
            os._exit(9)

        setattr(owner, name, dying)
        ledger.erasing.decide(GUARDIAN, request, agree=True)


if __name__ == "__main__":
    main()
