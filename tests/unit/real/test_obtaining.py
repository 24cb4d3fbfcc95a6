"""What is fetched or built is kept whole, once, and is what its lock names; a child never outlives us."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from services.cli.parts import cache, java, kafka, opa, postgres
from services.cli.parts.cache import CannotObtain, keep
from services.cli.parts.process import Child, DidNotStart, ports_of


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def program(path: Path, says: str, *, on: str = "stdout") -> Path:
    """A script that answers any question with `says`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ncat {'>&2 ' if on == 'stderr' else ''}<<'END'\n{says}\nEND\n")
    path.chmod(0o755)
    return path


# --- The cache ---------------------------------------------------------------------------------------------


def test_a_kept_folder_is_made_once() -> None:
    made: list[Path] = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "tool").write_text("whole")

    assert (keep("tool-1", make) / "tool").read_text() == "whole"
    keep("tool-1", make)
    assert len(made) == 1


def test_what_could_not_be_made_whole_is_not_kept() -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise CannotObtain("the network ended")

    with pytest.raises(CannotObtain):
        keep("tool-1", fail)
    assert not list(cache.cache_folder().glob("*/half"))
    assert not (cache.cache_folder() / "tool-1").exists()


def test_two_at_once_make_it_once() -> None:
    made: list[Path] = []

    def make(folder: Path) -> None:
        time.sleep(0.05)
        made.append(folder)

    runs = [threading.Thread(target=keep, args=("tool-1", make)) for _ in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(made) == 1


# --- Kafka, Java, OPA, PostgreSQL --------------------------------------------------------------------------


def test_every_jar_is_locked_by_hash() -> None:
    jars = kafka.locked_jars()
    lines = (cache.locks_folder() / "kafka.txt").read_text().splitlines()
    assert len(jars) == len(lines) - 1 > 40
    assert {"kafka_2.13", "kafka-clients", "log4j-core"} <= {jar.artifact for jar in jars}


def test_a_jar_that_is_not_the_locked_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def other_bytes(folder: Path) -> None:
        for jar in kafka.locked_jars():
            (folder / jar.file).write_bytes(b"not what was locked")

    monkeypatch.setattr(kafka, "_by_jgo", other_bytes)
    kafka.kafka_jars.cache_clear()
    try:
        with pytest.raises(CannotObtain, match="is not the file that"):
            kafka.kafka_jars()
    finally:
        kafka.kafka_jars.cache_clear()
    assert not (cache.cache_folder() / kafka.kept_as()).exists()


@pytest.mark.parametrize(
    ("says", "major"), [('openjdk version "17.0.15" 2025-04-15', 17), ("No Java runtime.", 0)]
)
def test_the_version_of_a_java(tmp_path: Path, says: str, major: int) -> None:
    assert java.java_version(program(tmp_path / "java", says, on="stderr")) == major


def test_an_old_java_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path / "old/bin/java", 'java version "11.0.1"', on="stderr")
    new = program(tmp_path / "new/java", 'openjdk version "21"', on="stderr")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "old"))
    monkeypatch.setenv("PATH", f"{new.parent}:{os.environ['PATH']}")
    assert java.system_java() == new


@pytest.mark.parametrize(("version", "taken"), [(opa.OPA_VERSION, True), ("0.68.0", False)])
def test_only_an_opa_of_our_version_is_taken_from_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, taken: bool
) -> None:
    path = program(tmp_path / "bin/opa", f"Version: {version}\nBuild Commit: 1")
    monkeypatch.setenv("PATH", f"{path.parent}:{os.environ['PATH']}")
    assert opa.system_opa() == (path if taken else None)


def test_the_postgres_of_the_wheel_comes_before_the_systems_and_an_old_one_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def installed(name: str, version: str) -> Path:
        program(tmp_path / name / "initdb", "initdb")
        return program(tmp_path / name / "postgres", f"postgres (PostgreSQL) {version}").parent

    old, wheel, system = installed("old", "12.4"), installed("wheel", "18.4"), installed("system", "15.18")
    monkeypatch.setattr(postgres, "_of_the_system", lambda: [system])
    for of_the_wheel, expected in (([old, wheel], wheel), ([old], system)):
        monkeypatch.setattr(postgres, "_of_the_wheel", lambda found=of_the_wheel: found)
        postgres.postgres_programs.cache_clear()
        assert postgres.postgres_programs() == expected
    postgres.postgres_programs.cache_clear()


# --- Children ----------------------------------------------------------------------------------------------


def test_ports_are_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter((5000, 5000, 5001, 5002))
    monkeypatch.setattr("services.cli.parts.process.free_port", lambda: next(drawn))
    assert ports_of(tmp_path, ("a", "b")) == {"a": 5001, "b": 5002}
    assert ports_of(tmp_path, ("a", "b")) == {"a": 5001, "b": 5002}


def test_a_child_that_ends_at_once_is_reported_with_its_own_words(tmp_path: Path) -> None:
    child = Child(("/bin/sh", "-c", "echo the port is taken; exit 3"), tmp_path / "log")
    with pytest.raises(DidNotStart, match="the port is taken"):
        child.start(lambda: False, 10)


def test_a_child_that_is_never_ready_is_killed(tmp_path: Path) -> None:
    child = Child(("/bin/sleep", "60"), tmp_path / "log")
    with pytest.raises(DidNotStart, match="not ready within"):
        child.start(lambda: False, 0.1)
    assert not child.is_running()


TICKING = ("/bin/sh", "-c", "while :; do echo tick; sleep 0.02; done")


def ticks(log: Path, within: float) -> bool:
    """Whether the child that writes to `log` is at work: within so many seconds it has written more."""
    before, ends = log.stat().st_size, time.monotonic() + within
    while log.stat().st_size == before and time.monotonic() < ends:
        time.sleep(0.02)
    return log.stat().st_size > before


def test_a_frozen_child_does_nothing_until_it_is_thawed_and_can_be_stopped(tmp_path: Path) -> None:
    child = Child(TICKING, tmp_path / "log")
    child.start(lambda: child.said("tick"), 10)
    try:
        child.freeze()
        assert not ticks(child.log, 0.3)
        child.thaw()
        # On a busy machine its turn comes late.
        assert ticks(child.log, 20)
        child.freeze()
    finally:
        assert child.stop() == -signal.SIGTERM
    assert not child.is_running()


PARENT = """
import sys, time
from pathlib import Path
from services.cli.parts.process import Child
child = Child(sys.argv[2:], Path(sys.argv[1]))
child.start(lambda: child.said("tick"), 10)
print("started", flush=True)
time.sleep(60)
"""


def test_a_child_does_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    log, root = tmp_path / "log", Path(__file__).parents[3]
    command = [sys.executable, "-c", PARENT, str(log), *TICKING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        assert ticks(log, 20)
        parent.kill()
    time.sleep(0.2)
    assert not ticks(log, 0.3)
