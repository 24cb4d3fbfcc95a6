"""In which order a real part is looked for, and what happens when there is none.

Promise: the first way that answers wins, the run says which it was, and a part that is required
(`MASH_REQUIRE=kafka,opa,postgres,browser,outside`) and absent is a failure, never a skip.
"""

import gc
import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, NoReturn, Protocol, TypeVar

import pytest

from services.cli.parts.cache import CannotObtain
from services.cli.parts.process import DidNotStart, listens

PARTS = ("kafka", "opa", "postgres", "browser", "outside")
T = TypeVar("T")


class Server(Protocol):
    """A real part that runs, whichever way it was found."""

    @property
    def address(self) -> str: ...
    def start(self) -> None: ...
    def stop(self) -> object: ...
    def kill(self) -> None: ...
    def freeze(self) -> None: ...
    def thaw(self) -> None: ...
    def is_running(self) -> bool: ...


@dataclass(frozen=True)
class Way(Generic[T]):
    """One way to a part. `look` says in words what it would use, quickly; `take` gives the part."""

    name: str
    look: Callable[[], str]
    take: Callable[[], T]


@dataclass
class Findings:
    """What this run has looked at and taken, for the header and the closing summary."""

    taken: dict[str, str] = field(default_factory=dict)


FINDINGS = Findings()


def required() -> frozenset[str]:
    names = frozenset(name.strip() for name in os.environ.get("MASH_REQUIRE", "").split(",") if name.strip())
    unknown = names - set(PARTS)
    if unknown:
        raise pytest.UsageError(
            f"MASH_REQUIRE: no such part as {', '.join(sorted(unknown))}; {', '.join(PARTS)}"
        )
    return names


def outlook(part: str, ways: Sequence[Way[Any]]) -> str:
    """One line for the header: the first way that answers, or why none does."""
    reasons = []
    for way in ways:
        try:
            return f"{part}: {way.name}: {way.look()}"
        except CannotObtain as why:
            reasons.append(f"{way.name}: {why}")
    return f"{part}: none ({'; '.join(reasons)})"


def take(part: str, ways: Sequence[Way[T]]) -> T:
    """The part, by the first way that answers; without one the test is skipped, or fails if required."""
    reasons = []
    for way in ways:
        try:
            says = way.look()
            found = way.take()
        except (CannotObtain, DidNotStart) as why:
            reasons.append(f"{way.name}: {why}")
            continue
        FINDINGS.taken[part] = f"{way.name}: {says}"
        return found
    return missing(part, "; ".join(reasons))


def missing(part: str, why: str) -> NoReturn:
    """End the test: a skip that says what would enable it, or a failure where the part is required."""
    FINDINGS.taken.setdefault(part, "none")
    text = f"no {part} here. {why}"
    # `secured kafka` and `kafka cluster` are Kafka too.
    if required().intersection(part.split()):
        pytest.fail(f"{text} (MASH_REQUIRE names {part})", pytrace=False)
    pytest.skip(text)


# --- The ways that the parts share -------------------------------------------------------------------------


def by_address(part: str, adopt: Callable[[str], T]) -> Way[T]:
    """A part that somebody else runs, at the address in MASH_TEST_<PART>."""
    variable = f"MASH_TEST_{part.upper()}"

    def look() -> str:
        address = os.environ.get(variable, "")
        if not address:
            raise CannotObtain(f"{variable} is not set")
        if not listens(host_and_port(address)):
            raise CannotObtain(f"{variable} is set and nobody answers there")
        return host_and_port(address)

    return Way("address", look, lambda: adopt(os.environ[variable]))


def by_container(image: str, run: Callable[[], T]) -> Way[T]:
    """A container, where an engine answers: a `docker` command alone proves nothing."""

    def look() -> str:
        why_not = no_engine()
        if why_not:
            raise CannotObtain(why_not)
        return image

    return Way("container", look, run)


@cache
def no_engine() -> str:
    """Why no container can be run, or nothing where an engine answers."""
    import docker
    from docker.errors import DockerException

    # The client leaves a socket open where it finds nobody; it is swept up here, where nobody complains.
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        answer = ""
        try:
            engine = docker.from_env(timeout=5)
            try:
                engine.ping()
            finally:
                engine.close()
        except DockerException as why:
            answer = f"no container engine answers ({type(why).__name__})"
        gc.collect()
    return answer


def host_and_port(address: str) -> str:
    """`127.0.0.1:9092` out of an address of any kind, without user and password."""
    return address.rpartition("://")[2].rpartition("@")[2].partition("/")[0].partition(",")[0]


class Elsewhere:
    """A part that somebody else runs: it can be used, and is not ours to stop or kill."""

    def __init__(self, part: str, address: str) -> None:
        self.part, self.address = part, address

    def _not_ours(self) -> NoReturn:
        why = f"This test stops and kills it: unset MASH_TEST_{self.part.upper()}, so that one is started"
        missing(self.part, why)

    def start(self) -> None:
        if not self.is_running():
            self._not_ours()

    def stop(self) -> object:
        self._not_ours()

    def kill(self) -> None:
        self._not_ours()

    def freeze(self) -> None:
        self._not_ours()

    def thaw(self) -> None:
        self._not_ours()

    def is_running(self) -> bool:
        return listens(host_and_port(self.address))
