"""What every test can ask for: the real parts, a closed network for unit tests, and a header that says which.

A part is started once for each process of a run, at the first test there that asks for it. A test that kills or freezes one
leaves it running and thawed: the next test uses the same.
"""

import gc
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from services.cli.parts.cache import CannotObtain
from services.cli.parts.kafka_cluster import KafkaCluster
from services.cli.parts.opa import opa_binary
from services.cli.parts.postgres import make_database
from tests.kept_bytecode import keep_bytecode
from tests.real import browser as browsers
from tests.real import kafka, opa, outside, postgres, stock_witness
from tests.real import kafka_secured as kafka_secured_broker
from tests.real.find import FINDINGS, Server, missing, outlook, required, take
from tests.sharing_out import BROKERS, scheduler

HERE = Path(__file__).parent
NOWHERE = HERE / "nowhere"

keep_bytecode()


def pytest_report_header() -> list[str]:
    """Where each real part will come from, and what may not be missing."""
    looks = {"kafka": kafka.ways(NOWHERE), "opa": opa.ways(NOWHERE), "postgres": postgres.ways(NOWHERE)}
    lines = [outlook(part, ways) for part, ways in looks.items()]
    return [
        *lines,
        outlook("browser", browsers.ways()),
        outlook("outside", outside.ways()),
        outlook("outside", stock_witness.ways()),
        f"required: {', '.join(sorted(required())) or 'none'}",
        f"long campaigns: {'run' if _long() else 'left out; make test LONG=1 runs them'}",
    ]


def _long() -> bool:
    """Whether campaigns of minutes are asked for."""
    return os.environ.get("LONG", "") not in ("", "0")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of several tells the first what its tests ran on."""
    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["parts"] = FINDINGS.taken


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """In the first process: what another one's tests ran on."""
    FINDINGS.taken.update(getattr(node, "workeroutput", {}).get("parts", {}))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the tests did run on: a way may have answered and then failed."""
    for part, way in FINDINGS.taken.items():
        terminalreporter.write_line(f"real {part}: {way}")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Of several processes each takes a file at a time (tests/sharing_out.py)."""
    return scheduler(config, log)


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: a collection of garbage need not look through it every time."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Unit tests have no network; a socket of the machine itself (asyncio's own) is left to them. Long campaigns
    are run where they are asked for."""
    for item in items:
        if item.get_closest_marker("long") and not _long():
            item.add_marker(pytest.mark.skip("a long campaign: make test LONG=1"))
        if item.path.is_relative_to(HERE / "unit") and not item.get_closest_marker("enable_socket"):
            item.add_marker("disable_socket")


def _stop(server: Server) -> None:
    """At the end of the run: whatever can be stopped is."""
    if hasattr(server, "remove"):
        server.remove()
    elif hasattr(server, "folder"):
        server.kill()


def _collect_what_kafka_left() -> None:
    """kafka-python leaves a socket open when a broker goes away under it. Where one of BROKERS is in play, and there alone,
    that is collected without a warning; everywhere else an unclosed socket fails the run.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a command prints is asserted upon whole: no line is broken for a terminal that is not there."""
    monkeypatch.setenv("COLUMNS", "1000")


@pytest.fixture(autouse=True)
def _quiet_after_kafka(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if BROKERS.intersection(request.fixturenames):
        _collect_what_kafka_left()


@pytest.fixture(scope="session")
def kafka_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A broker: `.address`, and start, stop, kill, freeze, thaw. Its data stays across a restart."""
    broker = take("kafka", kafka.ways(tmp_path_factory.mktemp("kafka")))
    yield broker
    _stop(broker)
    _collect_what_kafka_left()


@pytest.fixture(scope="session")
def kafka_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    """Three brokers, three copies of each topic, two of them in step: `.node(1)` to `.node(3)` stop, die and freeze alone."""
    cluster = take("kafka cluster", kafka.cluster_ways(tmp_path_factory.mktemp("kafka-cluster")))
    yield cluster
    _stop(cluster)
    _collect_what_kafka_left()


@pytest.fixture(scope="session")
def kafka_secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[kafka_secured_broker.Secured]:
    """A broker that takes clients by TLS, name and password alone, and does for each what its ACLs allow."""
    secured = take("secured kafka", kafka_secured_broker.ways(tmp_path_factory.mktemp("kafka-secured")))
    yield secured
    _stop(secured.broker)
    _collect_what_kafka_left()


@pytest.fixture(scope="session")
def opa_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start a server over policies: `opa_server(path, ..., bundle=False, arguments=())`."""
    with ExitStack() as started:

        def start(*policies: Path, bundle: bool = False, arguments: tuple[str, ...] = ()) -> Server:
            folder = tmp_path_factory.mktemp("opa")
            server = take("opa", opa.ways(folder, policies, bundle=bundle, arguments=arguments))
            started.callback(_stop, server)
            return server

        yield start


@pytest.fixture(scope="session")
def opa_program() -> Path:
    """The `opa` command, for `opa build`, `opa test` and `opa check`."""
    try:
        return opa_binary()
    except CannotObtain as why:
        missing("opa", str(why))


@pytest.fixture(scope="session")
def outside_verifiers() -> outside.Programs:
    """Programs that others wrote, and one of ours over others' code, which check an exported log."""
    return take("outside", outside.ways())


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A server, whose `.address` is the DSN of its maintenance database."""
    # Not under pytest's own folder: as root the server runs as another user, who must get there.
    with tempfile.TemporaryDirectory(prefix="mash-postgres-") as folder:
        Path(folder).chmod(0o755)
        server = take("postgres", postgres.ways(Path(folder) / "server"))
        yield server
        _stop(server)
        shutil.rmtree(Path(folder) / "server", ignore_errors=True)


@pytest.fixture(scope="module")
def postgres_dsn(postgres_server: Server, request: pytest.FixtureRequest) -> str:
    """The address of a database of this module's own, empty at its first test."""
    name = request.module.__name__.rpartition(".")[2]
    return make_database(postgres_server.address, f"{name[:40]}_{abs(hash(request.module.__file__)):x}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, driven by Playwright; one for each module (tests/real/browser.py says why)."""
    program = take("browser", browsers.ways())
    with browsers.running(program) as launched:
        yield launched


@pytest.fixture(scope="session")
def stock() -> stock_witness.StockWitness:
    """transparency-dev's witness."""
    return take("outside", stock_witness.ways())
