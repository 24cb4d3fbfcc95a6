"""The main line on a real Kafka, OPA and PostgreSQL: it answers as on embedded parts, and so it does when one is
stopped, killed or frozen: the same constant 503, byte for byte, and afterwards as before."""

import time
from collections.abc import Callable, Iterator

import pytest

from services.contract.releases import Draft, Receipt
from tests.hub.edits import edit_under_callers
from tests.hub.served import SOCIAL_WORKER
from tests.real.find import Server
from tests.verification.line_world import POLICY_WAIT, Embedded, OnReal, content, on_embedded, on_real

# kafka-python leaves sockets open where it finds nobody; the collector would blame whichever test runs then.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
NOBODY = {"nhs_number": "9992000422", "birth_date": "1950-01-01"}
WAIT = 5.0
SLACK = 10.0
"""For a busy machine: the line's own work beside the wait."""


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Embedded:
    return on_embedded(tmp_path_factory.mktemp("embedded"))


@pytest.fixture(scope="module")
def real(
    tmp_path_factory: pytest.TempPathFactory,
    kafka_broker: Server,
    opa_server: Callable[..., Server],
    postgres_server: Server,
    postgres_dsn: str,
) -> Iterator[OnReal]:
    folder = tmp_path_factory.mktemp("real")
    with on_real(folder, kafka_broker, opa_server, postgres_server, postgres_dsn) as hub:
        yield hub


@pytest.fixture
def asks(real: OnReal) -> Iterator[Callable[..., bytes]]:
    """A worker's question, every byte of the answer; afterwards each part runs again."""
    case, worker = real.hub.case(), real.hub.token(SOCIAL_WORKER)
    assert good(real.hub.view(case, worker))
    yield lambda **about: real.hub.view(case, worker, **about)
    for part in (real.kafka, real.opa, real.postgres):
        if part.is_running():
            part.thaw()
        else:
            part.start()
    recovers(lambda: real.hub.view(case, worker))


def good(answer: bytes) -> bool:
    return answer.startswith(b"HTTP/1.1 200")


def recovers(ask: Callable[[], bytes], seconds: float = 90) -> None:
    """The line answers again without anybody's doing, in bounded time."""
    ends = time.monotonic() + seconds
    while not good(ask()):
        assert time.monotonic() < ends, "the line did not recover"
        time.sleep(0.2)


def refused_alike(ask: Callable[..., bytes], embedded: Embedded) -> float:
    """A person whom the hub knows and one whom it does not get the embedded hub's 503; how long the first took."""
    begun = time.monotonic()
    found = ask()
    took = time.monotonic() - begun
    assert found == embedded.unavailable
    assert ask(**NOBODY) == embedded.unavailable
    return took


def test_it_answers_as_on_embedded_parts(real: OnReal, embedded: Embedded) -> None:
    world = real.hub.world
    assert content(world.view(world.s47())) == embedded.content


def test_a_broker_that_is_stopped(real: OnReal, embedded: Embedded, asks: Callable[..., bytes]) -> None:
    before = len(real.entries())
    real.kafka.stop()
    assert refused_alike(asks, embedded) < WAIT + SLACK
    real.kafka.start()
    recovers(asks)
    assert len(real.entries()) > before


def test_a_frozen_broker_is_waited_for_as_the_setting_says_and_a_late_ack_leaves_an_intent(
    real: OnReal, embedded: Embedded, asks: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    intents = unfinished(real)
    ledger = real.hub.world.parts.ledger
    append = ledger.append

    def frozen_at_the_intent(draft: Draft) -> Receipt:
        # Not sooner: the question that goes to a live source is an entry before the release is.
        if draft.kind == "release.intent":
            real.kafka.freeze()
            # It is obeyed a moment later on a busy machine.
            time.sleep(0.5)
        return append(draft)

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "append", frozen_at_the_intent)
        assert WAIT <= refused_alike(asks, embedded) < WAIT + SLACK
    real.kafka.thaw()
    recovers(asks)
    # The release that nobody was given stands as begun and without an outcome.
    assert unfinished(real) > intents


def unfinished(real: OnReal) -> int:
    """Intents that no outcome follows, once the outcomes that are queued have come to stand."""
    count = -1
    for _ in range(20):
        entries = real.entries()
        begun = {entry["event_id"] for entry in entries if entry["kind"] == "release.intent"}
        ended = {ref_of(entry) for entry in entries if entry["kind"] == "release.outcome"}
        now = len(begun - ended)
        if now == count:
            break
        count = now
        time.sleep(0.5)
    return count


def ref_of(outcome: dict[str, object]) -> object:
    ref = outcome["ref"]
    assert isinstance(ref, dict)
    return ref["event_id"]


def test_an_opa_that_is_killed(real: OnReal, embedded: Embedded, asks: Callable[..., bytes]) -> None:
    real.opa.kill()
    refused_alike(asks, embedded)
    real.opa.start()
    recovers(asks)


def test_a_frozen_opa_is_waited_for_as_the_setting_says(
    real: OnReal, embedded: Embedded, asks: Callable[..., bytes]
) -> None:
    real.opa.freeze()
    assert POLICY_WAIT <= refused_alike(asks, embedded) < POLICY_WAIT + SLACK
    real.opa.thaw()
    recovers(asks)


def test_a_database_that_is_stopped(real: OnReal, embedded: Embedded, asks: Callable[..., bytes]) -> None:
    real.postgres.stop()
    refused_alike(asks, embedded)
    real.postgres.start()
    recovers(asks)


def test_an_edited_agreement_is_live_on_opa_without_a_failed_request(real: OnReal) -> None:
    edit_under_callers(real.hub, real.entries)
