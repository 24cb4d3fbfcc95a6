"""In which order a real part is looked for. The container engine and testcontainers are faked here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import APIError, DockerException

from services.cli.parts.cache import CannotObtain
from services.cli.parts.process import DidNotStart
from tests.real import browser, find, kafka, opa, postgres
from tests.real.find import Elsewhere, Way

Fail = pytest.fail.Exception
Skip = pytest.skip.Exception


class FakeEngine:
    """What docker.from_env() gives where an engine runs; a `broken` one is there and does not answer."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken, self.closed = broken, False

    def ping(self) -> bool:
        if self.broken:
            raise APIError("500 Server Error")
        return True

    def close(self) -> None:
        self.closed = True


class FakeContainer:
    """What testcontainers would be told; `status` and the calls of the engine's own container."""

    made: list["FakeContainer"] = []  # noqa: RUF012 - emptied by the fixture

    def __init__(self, image: str) -> None:
        self.image, self.calls = image, list[str]()
        self.bound: dict[int, int] = {}
        self.environment: dict[str, str] = {}
        self.command: list[str] = []
        self.folders: dict[Path, str] = {}
        self.status = "created"
        FakeContainer.made.append(self)

    def with_bind_ports(self, inside: int, outside: int) -> "FakeContainer":
        self.bound[inside] = outside
        return self

    def with_env(self, name: str, value: str) -> None:
        self.environment[name] = value

    def with_command(self, command: list[str]) -> None:
        self.command = command

    def with_volume_mapping(self, folder: Path, inside: str) -> None:
        self.folders[folder] = inside

    def get_wrapped_container(self) -> "FakeContainer":
        return self

    def start(self) -> None:
        self.calls.append("start")
        self.status = "running"

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda **_: self.calls.append(name)


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """No address, nothing required, no engine; what answers is said by each test."""
    for variable in (
        "MASH_REQUIRE",
        "MASH_TEST_KAFKA",
        "MASH_TEST_OPA",
        "MASH_TEST_POSTGRES",
        "MASH_TEST_BROWSER",
    ):
        monkeypatch.delenv(variable, raising=False)
    find.no_engine.cache_clear()
    monkeypatch.setattr(find, "FINDINGS", find.Findings())
    FakeContainer.made = []


@pytest.fixture(autouse=True)
def _forget_the_fake_engine(clean: None) -> Any:
    yield
    find.no_engine.cache_clear()


def engine(monkeypatch: pytest.MonkeyPatch, *, broken: bool = False) -> FakeEngine:
    fake = FakeEngine(broken=broken)
    monkeypatch.setattr(docker, "from_env", lambda **_: fake)
    monkeypatch.setattr("testcontainers.core.container.DockerContainer", FakeContainer)
    return fake


def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise DockerException("no such file")

    monkeypatch.setattr(docker, "from_env", refuse)


def addresses_answer(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    monkeypatch.setattr(find, "listens", lambda address: address in addresses)


LOCAL: Way[str] = Way("local", lambda: "found here", lambda: "local")


def ways() -> list[Way[str]]:
    return [find.by_address("kafka", str), find.by_container("image:1", lambda: "contained"), LOCAL]


def test_an_address_that_answers_wins_over_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    engine(monkeypatch)
    monkeypatch.setenv("MASH_TEST_KAFKA", "broker.example:9092")
    addresses_answer(monkeypatch, "broker.example:9092")
    assert find.outlook("kafka", ways()) == "kafka: address: broker.example:9092"
    assert find.take("kafka", ways()) == "broker.example:9092"


def test_an_address_where_nobody_answers_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    engine(monkeypatch)
    monkeypatch.setenv("MASH_TEST_KAFKA", "broker.example:9092")
    addresses_answer(monkeypatch)
    assert find.outlook("kafka", ways()) == "kafka: container: image:1"
    assert find.take("kafka", ways()) == "contained"


def test_an_engine_that_answers_wins_over_local_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = engine(monkeypatch)
    assert find.take("kafka", ways()) == "contained"
    assert fake.closed


@pytest.mark.parametrize("absent", [no_engine, lambda monkeypatch: engine(monkeypatch, broken=True)])
def test_without_an_engine_that_answers_local_tools_are_used(
    monkeypatch: pytest.MonkeyPatch, absent: Callable[[pytest.MonkeyPatch], object]
) -> None:
    absent(monkeypatch)
    assert find.outlook("kafka", ways()) == "kafka: local: found here"
    assert find.take("kafka", ways()) == "local"
    assert find.FINDINGS.taken == {"kafka": "local: found here"}


@pytest.mark.parametrize("error", [CannotObtain("no image"), DidNotStart("it ended at once")])
def test_a_way_that_answers_and_then_fails_is_passed_over(error: Exception) -> None:
    def fail() -> str:
        raise error

    assert find.take("kafka", [Way("container", lambda: "image:1", fail), LOCAL]) == "local"


def nothing() -> list[Way[str]]:
    def refuse() -> str:
        raise CannotObtain("install a broker")

    return [Way("local", refuse, refuse)]


def test_without_any_way_the_test_is_skipped_with_what_would_enable_it() -> None:
    with pytest.raises(Skip, match=r"no kafka here\. local: install a broker"):
        find.take("kafka", nothing())
    assert find.outlook("kafka", nothing()) == "kafka: none (local: install a broker)"
    assert find.FINDINGS.taken == {"kafka": "none"}


def test_a_required_part_that_is_absent_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASH_REQUIRE", "opa, kafka")
    with pytest.raises(Fail, match="MASH_REQUIRE names kafka"):
        find.take("kafka", nothing())
    with pytest.raises(Skip):
        find.take("postgres", nothing())


def test_a_misspelt_requirement_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASH_REQUIRE", "kafka,postgress")
    with pytest.raises(pytest.UsageError, match="postgress"):
        find.required()


def test_somebody_elses_part_is_never_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Elsewhere("kafka", "broker.example:9092")
    with pytest.raises(Skip, match="unset MASH_TEST_KAFKA"):
        broker.kill()
    monkeypatch.setenv("MASH_REQUIRE", "kafka")
    with pytest.raises(Fail, match="unset MASH_TEST_KAFKA"):
        broker.freeze()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1:5432",
        "postgresql+psycopg://user:p%40ss@127.0.0.1:5432/postgres",
        "http://127.0.0.1:5432/v1",
    ],
)
def test_an_address_is_shown_without_its_password(address: str) -> None:
    assert find.host_and_port(address) == "127.0.0.1:5432"


# --- Each part follows that order --------------------------------------------------------------------------


@pytest.mark.parametrize("part", [kafka.ways, opa.ways, postgres.ways])
def test_each_server_is_looked_for_in_this_order(
    part: Callable[[Path], list[Way[Any]]], tmp_path: Path
) -> None:
    assert [way.name for way in part(tmp_path)] == ["address", "container", "local"]


def test_kafka_in_a_container_tells_clients_the_port_they_can_reach(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    engine(monkeypatch)
    monkeypatch.setattr(kafka, "free_port", lambda: 41000)
    monkeypatch.setattr(kafka, "serves", lambda address: address == "127.0.0.1:41000")
    broker = find.take("kafka", kafka.ways(tmp_path))
    (told,) = FakeContainer.made
    assert told.image.startswith("apache/kafka:4.")
    assert told.bound == {9092: 41000}
    assert told.environment["KAFKA_ADVERTISED_LISTENERS"] == "PLAINTEXT://127.0.0.1:41000"
    assert (broker.address, broker.is_running()) == ("127.0.0.1:41000", True)
    broker.kill()
    broker.freeze()
    broker.thaw()
    assert told.calls == ["start", "reload", "kill", "pause", "unpause"]


def test_opa_in_a_container_sees_the_policies_of_the_test(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    engine(monkeypatch)
    monkeypatch.setattr(opa, "free_port", lambda: 41001)
    monkeypatch.setattr(opa, "healthy", lambda _: True)
    find.take("opa", opa.ways(tmp_path, [tmp_path / "rules"], bundle=True))
    (told,) = FakeContainer.made
    assert told.folders == {(tmp_path / "rules").resolve(): "/policies/0/rules"}
    assert told.command[-2:] == ["--bundle", "/policies/0/rules"]


def test_postgres_in_a_container_has_a_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    engine(monkeypatch)
    monkeypatch.setattr(postgres, "free_port", lambda: 41002)
    monkeypatch.setattr(postgres, "serves", lambda _: True)
    server = find.take("postgres", postgres.ways(tmp_path))
    (told,) = FakeContainer.made
    password = told.environment["POSTGRES_PASSWORD"]
    assert len(password) >= 16
    assert server.address == f"postgresql+psycopg://postgres:{password}@127.0.0.1:41002/postgres"


def test_apt_is_the_last_way_to_a_browser_and_can_be_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "system_browser", lambda: None)
    monkeypatch.setattr(browser, "playwrights_own", lambda: None)
    monkeypatch.setenv("MASH_NO_APT", "1")
    assert [way.name for way in browser.ways()] == ["address", "local", "playwright", "apt"]
    with pytest.raises(Skip, match="MASH_NO_APT=1 forbids"):
        find.take("browser", browser.ways())
