"""Brokers and hub killed while releases go on: not a byte without an entry, not an acknowledged entry lost."""

import sys
import uuid
from pathlib import Path

import pytest

from services.cli.parts.kafka_cluster import KafkaCluster
from tests.verification.campaign import Outcome, run
from tests.verification.ledger_world import Place

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def campaign(folder: Path, cluster: KafkaCluster, releases: int, kills: int) -> Outcome:
    place = Place(folder, f"kafka://{cluster.address}", f"hub-{uuid.uuid4().hex[:12]}", wait=20)
    outcome = run(place, cluster, releases, kills)
    assert len(outcome.left) >= releases
    assert sum(outcome.killed.values()) == kills
    assert (outcome.without_entry(), outcome.moved()) == ([], [])
    assert outcome.verified == len(outcome.entries) >= len(outcome.left)
    return outcome


def test_the_campaign_counts_what_left_before_its_entry_and_what_moved() -> None:
    """It would notice: a byte whose entry a kill took away, one whose entry stands elsewhere; a late copy is neither."""
    copied = Outcome([(0, "a"), (1, "b"), (2, "c")], ["a", "b", "c", "b"])
    early = Outcome([(0, "a"), (1, "b"), (1, "c")], ["a", "c"])
    moved = Outcome([(1, "a"), (0, "b")], ["a", "b"])
    beyond = Outcome([(7, "a")], ["a"])
    found = [(one.without_entry(), one.moved()) for one in (copied, early, moved, beyond)]
    assert found == [([], []), (["b"], ["b"]), ([], ["a", "b"]), ([], ["a"])]


def test_three_kills_among_three_hundred_releases(tmp_path: Path, kafka_cluster: KafkaCluster) -> None:
    campaign(tmp_path, kafka_cluster, releases=300, kills=3)


@pytest.mark.long
def test_twenty_kills_among_ten_thousand_releases(
    tmp_path: Path, kafka_cluster: KafkaCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = campaign(tmp_path, kafka_cluster, releases=10_000, kills=20)
    with capsys.disabled():
        sys.stdout.write(f"\ncampaign: {outcome}\n")
