"""What `mash up` runs: the hub on a real Kafka, OPA and PostgreSQL, with the demonstration's families.

Promise: everything listens on loopback; a part that dies, the hub included, is started again at its address
with what it had; all of it ends with this command, and `--once` ends with 0 only where every step succeeded.
"""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from rich.console import Console

from services.cli.demo import live_source, sign_in
from services.cli.demo.partner import NotPlayed
from services.cli.demo.show import wide_console
from services.cli.demo.stage import Ports, beside, port_said, settings_for
from services.cli.exits import Exit, report
from services.cli.parts.cache import CannotObtain
from services.cli.parts.kafka import KafkaBroker
from services.cli.parts.kept import Kept, Part, Program
from services.cli.parts.opa import OpaServer
from services.cli.parts.postgres import PostgresServer
from services.cli.parts.process import Child, DidNotStart
from services.cli.serve import LISTENING, LOOPBACK, first_free, port_of, wait_for_end
from services.contract.problems import BadSetting
from services.runtime.settings import Settings, claim_home, read_settings

_READY_SECONDS = 60.0
_DATABASE = "hub"


def run(once: bool, home: Path) -> int:
    """Come up, play, and unless `once` serve until asked to end. The exit code. Raises `BadSetting`."""
    console = wide_console()
    sign_in.check()
    try:
        with _ending_in_order(), _alone(home) as folder:
            _run(console, once, folder)
    except KeyboardInterrupt:
        return int(Exit.INCOMPLETE)
    except NotPlayed as problem:
        report(problem)
        return int(Exit.INCOMPLETE)
    except (DidNotStart, CannotObtain) as trouble:
        report(_NoPart(str(trouble)))
        return int(Exit.UNAVAILABLE)
    return int(Exit.OK)


class _NoPart(NotPlayed):
    title = "A part cannot be had or did not start"
    next_step = "Do what the text above says; the log of each part is in its folder."


def _run(console: Console, once: bool, folder: Path) -> None:
    started = time.monotonic()

    def tell(line: str) -> None:
        console.print(f"{datetime.now(UTC):%H:%M:%S} {line}", highlight=False, markup=False)

    with _stage(folder, tell) as stage:
        console.print(f"All parts are up ({time.monotonic() - started:.1f} s):", highlight=False)
        for name, address in stage.addresses.items():
            console.print(f"  {name:<14}{address}", highlight=False, soft_wrap=True)
        from services.cli.demo.command import invite
        from services.cli.demo.outside import play_outside

        play_outside(console, stage.settings)
        if once:
            console.print("Every step succeeded. The folder stays:", folder, highlight=False)
            return
        invite(console, stage.settings)
        wait_for_end()
        console.print("Ending: hub first, then its parts.")


# --- The parts ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stage:
    """All parts, answering."""

    settings: Settings
    addresses: Mapping[str, str]


@contextmanager
def _stage(folder: Path, tell: Any) -> Iterator[_Stage]:
    """Everything started and kept, until the block ends; what began last ends first."""
    home = folder / "hub"
    plain = read_settings(mode="demo", home=home)
    claim_home(plain)
    kafka, postgres = KafkaBroker(folder / "kafka"), PostgresServer(folder / "postgres")
    practice, provider = (beside(module, home) for module in (live_source, sign_in))
    with ExitStack() as running:
        first: dict[str, Part] = {"Kafka": kafka, "PostgreSQL": postgres}
        for name, child in (("live practice", practice), ("sign-in", provider)):
            first[name] = Program(child, lambda child=child: child.said(LISTENING))  # type: ignore[misc]
        _begin(running, first, tell)
        for child in (practice, provider):
            # Where it listens now it listens again after a crash.
            child.command = [*child.command, "--port", str(port_said(child))]
        ports = _ports(plain, port_said(practice), port_said(provider))
        settings = settings_for(home, ports)
        guard = _guarded(settings, folder / "opa")
        opa = OpaServer(folder / "opa", *guard.policies, arguments=guard.arguments)
        settings = settings.model_copy(
            update={
                "ledger": f"kafka://{kafka.address}",
                "database": _database(postgres),
                "opa": opa.address,
                "opa_token": guard.token,
            }
        )
        _begin(running, {"OPA": opa}, tell)
        _begin(running, {"hub": _hub(settings)}, tell)
        _wait_until_ready(settings)
        yield _Stage(settings, _addresses(settings, ports, postgres))


def _begin(running: ExitStack, parts: Mapping[str, Part], tell: Any) -> None:
    """Start them side by side; each is kept from then on and ends with `running`."""
    kept = [Kept(name, part, tell) for name, part in parts.items()]
    for one in kept:
        running.callback(one.end)
    with ThreadPoolExecutor(len(kept)) as pool:
        started = [pool.submit(one.begin) for one in kept]
        # What plays the main job takes seconds to read in; they are the parts' own as well.
        import services.cli.demo.outside  # noqa: F401

        for begun in started:
            begun.result()


def _ports(plain: Settings, practice: int, provider: int) -> Ports:
    """The hub's two ports, the usual ones or the next that are free."""
    with closing(first_free(plain.port)) as front, closing(first_free(plain.ops_port)) as back:
        return Ports(port_of(front), port_of(back), practice, provider)


def _database(server: PostgresServer) -> str:
    """The address of the hub's own database, made at the first run."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(server.dsn().replace("+psycopg", ""), autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (_DATABASE,)).fetchone()
        if there is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_DATABASE)))
    return server.dsn(_DATABASE)


def _guarded(settings: Settings, folder: Path) -> Any:
    """The files with which OPA serves this hub only, and fetches its books from it."""
    from services.policy.bundle_key import BundleKey
    from services.policy.opa_server import write_server_files
    from services.runtime.keys import KeyFolder

    hub = f"http://{LOOPBACK}:{settings.ops_port}"
    return write_server_files(folder, hub, BundleKey(KeyFolder(settings.key_folder)))


def _hub(settings: Settings) -> Program:
    """The hub as `mash serve`, in a process of its own: it may die without the others."""
    values = settings.model_dump(exclude_defaults=True)
    environment = {f"MASH_{name.upper()}": str(value) for name, value in values.items()}
    from services.cli.demo.play import mash_command

    child = Child(
        [sys.executable, "-W", "ignore", *mash_command(), "serve"],
        settings.home / "logs/serve.log",
        {**environment, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    return Program(child, lambda: _answers(settings, "live"))


def _answers(settings: Settings, probe: str) -> bool:
    try:
        found = httpx2.get(
            f"http://{LOOPBACK}:{settings.ops_port}/health/{probe}", timeout=5, trust_env=False
        )
    except httpx2.HTTPError:
        return False
    return bool(found.is_success)


def _wait_until_ready(settings: Settings) -> None:
    ends = time.monotonic() + _READY_SECONDS
    while not _answers(settings, "ready"):
        if time.monotonic() > ends:
            raise DidNotStart(f"the hub is not ready; http://{LOOPBACK}:{settings.ops_port}/health/ready")
        time.sleep(0.1)


def _addresses(settings: Settings, ports: Ports, postgres: PostgresServer) -> dict[str, str]:
    return {
        "hub": f"{settings.url}/",
        "health": f"http://{LOOPBACK}:{settings.ops_port}/health/ready",
        "Kafka": settings.ledger,
        "OPA": settings.opa,
        # Not the whole address: the password stands in its folder.
        "PostgreSQL": f"{LOOPBACK}:{postgres.port}, password in {postgres.folder / 'password'}",
        "sign-in": f"http://{LOOPBACK}:{ports.sign_in}",
        "live practice": f"http://{LOOPBACK}:{ports.practice}/fhir",
    }


# --- One at a time, and ended in order ---------------------------------------------------------------------


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """The folder, made and held: two brokers on one folder would spoil it. Raises `BadSetting`."""
    try:
        # As root PostgreSQL runs as another user, who must pass through; each part's own folder is closed.
        folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise BadSetting(f"--home: cannot write there ({error.strerror})") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BadSetting(
                "--home: another mash up runs in this folder; end it, or choose another"
            ) from None
        for part in ("kafka", "opa"):
            (folder / part).mkdir(exist_ok=True, mode=0o700)
        yield folder


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """While parts start, SIGTERM is what Ctrl-C is: an exception that ends them, not the end of this process."""

    def end(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
