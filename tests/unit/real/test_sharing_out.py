"""Which process takes which files: one broker, one cluster, and nothing long at the end."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.sharing_out import TOOK, Times, begins_first, scheduler, share_of

CRASH = "tests/verification/test_ledger_crash.py"
CLUSTER = "tests/verification/test_ledger_cluster.py"
VIEW = "tests/unit/gateway/pages/test_view.py"
TREE = "tests/unit/ledger/test_tree.py"


class Node:
    """A process that writes down what it is sent."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.gateway = SimpleNamespace(id=id(self))
        self.shutting_down = False

    def send_runtest_some(self, numbers: list[int]) -> None:
        self.sent += numbers

    def shutdown(self) -> None:
        self.shutting_down = True


def test_files_that_need_a_broker_are_one_share_and_those_of_the_cluster_another() -> None:
    assert share_of(f"{CRASH}::test_one[a::b]") == "brokers"
    assert share_of(f"{CLUSTER}::test_one") == "cluster"
    assert share_of(f"{VIEW}::test_one") == VIEW


def test_brokers_begin_then_what_took_longest_then_what_is_likely_to() -> None:
    took = {VIEW: 300.0, "brokers": 1.0, "tests/hub/test_once.py": 2.0}
    shares = [TREE, "tests/hub/test_once.py", "tests/hub/test_new.py", VIEW, "cluster", "brokers"]
    assert sorted(shares, key=lambda share: begins_first(share, took)) == [
        "brokers", "cluster", VIEW, "tests/hub/test_new.py", "tests/hub/test_once.py", TREE,
    ]  # fmt: skip


def test_every_test_is_sent_once_and_a_file_stays_together(pytestconfig: pytest.Config) -> None:
    option = SimpleNamespace(
        **vars(pytestconfig.option) | {"tx": ["popen"] * 2, "loadscopereorder": True, "maxfail": 0}
    )
    kept = {TOOK: {VIEW: 300.0}}
    config: Any = SimpleNamespace(
        option=option,
        cache=SimpleNamespace(get=kept.get, set=kept.__setitem__),
        pluginmanager=SimpleNamespace(register=lambda _: None),
        getvalue=lambda name: getattr(option, name),
        hook=pytestconfig.hook,
    )
    found, nodes = scheduler(config, None), [Node(), Node()]
    tests = [f"{file}::test_{n}" for n in range(4) for file in (TREE, VIEW, CRASH)]
    for node in nodes:
        found.add_node(node)
        found.add_node_collection(node, tests)
    found.schedule()
    sent = [[tests[number] for number in node.sent] for node in nodes]
    assert sent == [
        [one for one in tests if one.startswith(CRASH)],
        [one for one in tests if one.startswith(VIEW)],
    ]


def test_what_files_took_is_kept_for_the_next_run_beside_what_was_left_out() -> None:
    kept: dict[str, Any] = {TOOK: {VIEW: 9.0, TREE: 4.0}}
    times = Times(SimpleNamespace(cache=SimpleNamespace(get=kept.get, set=kept.__setitem__)))  # type: ignore[arg-type]
    for phase in (1.0, 2.5):
        times.pytest_runtest_logreport(SimpleNamespace(nodeid=f"{VIEW}::test_one", duration=phase))  # type: ignore[arg-type]
    times.pytest_sessionfinish()
    assert kept[TOOK] == {VIEW: 3.5, TREE: 4.0}
