"""Which process of a run takes which files, and in what order.

Promise: the tests of a file stay together and in order. All files that need a broker of their own go to one process, so that
one is started; those that need the cluster of three to another. Most of a broker's tests wait, so they begin first, and
the other files follow, the longest first as the last runs here took them: no long file is left to the end.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
BROKERS = {"kafka_broker", "kafka_cluster", "kafka_secured"}
TOOK = "mash/seconds-by-file"
# Where nothing is known of a file yet: those that start processes and wait for them, before those that only compute.
_UNKNOWN = {"tests/hub": 20.0, "tests/verification": 15.0, "tests/opa": 60.0, "tests/e2e": 30.0}


def share_of(nodeid: str) -> str:
    """What is taken as one: the test's file, or one name for all files of a kind that shares its brokers."""
    file = nodeid.partition("::")[0]
    return _shared(file) or file


@cache
def _shared(file: str) -> str:
    text = (ROOT / file).read_text(encoding="utf-8")
    if "kafka_cluster" in text:
        return "cluster"
    return "brokers" if any(fixture in text for fixture in BROKERS) else ""


def begins_first(share: str, took: Mapping[str, float]) -> tuple[bool, float, str]:
    """What shares are sorted by; `took`: the seconds that each has taken before."""
    usual = next((guess for folder, guess in _UNKNOWN.items() if share.startswith(folder)), 1.0)
    return share not in ("brokers", "cluster"), -took.get(share, usual), share


class Times:
    """In the first process: how long each share took, kept for the next run."""

    def __init__(self, config: pytest.Config) -> None:
        self._cache = config.cache
        self._now: dict[str, float] = {}

    def before(self) -> dict[str, float]:
        """Seconds by share, of the last run in which it was."""
        return dict(self._cache.get(TOOK, {}))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        share = share_of(report.nodeid)
        self._now[share] = self._now.get(share, 0.0) + report.duration

    def pytest_sessionfinish(self) -> None:
        taken = {share: round(seconds, 1) for share, seconds in self._now.items()}
        self._cache.set(TOOK, self.before() | taken)


def scheduler(config: pytest.Config, log: Any) -> Any:
    """pytest-xdist's own sharing by scope, with ours for a scope and its order."""
    from xdist.scheduler import LoadScopeScheduling

    times = Times(config)
    config.pluginmanager.register(times)
    took = times.before()

    class ByShare(LoadScopeScheduling):  # type: ignore[misc, unused-ignore]
        def _split_scope(self, nodeid: str) -> str:
            return share_of(nodeid)

        def _assign_work_unit(self, node: Any) -> None:
            first = min(self.workqueue, key=lambda share: begins_first(share, took))
            self.workqueue.move_to_end(first, last=False)
            super()._assign_work_unit(node)

    return ByShare(config, log)
