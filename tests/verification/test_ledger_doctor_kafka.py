"""The doctor at a broker: settings, rights tried one by one, and a password that others may read."""

import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ACLOperation, ACLPermissionType, ConfigResource, ConfigResourceType

from services.contract.problems import LedgerUnavailable
from services.ledger.doctor.findings import CHECKS
from services.ledger.doctor.right_checks import canary_of
from services.ledger.store.acls import acls, give
from services.ledger.store.broker import Broker, topic_of
from tests.real.kafka_secured import Secured
from tests.verification.ledger_world import Place, intent, refusal
from tests.verification.test_ledger_doctor import _on_a_medium, faulty, place, told
from tests.verification.test_ledger_secured import place_of

__all__ = ["_on_a_medium", "place"]

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_an_open_broker_is_told_and_what_is_wrong_with_a_topic(tmp_path: Path, kafka_broker: Any) -> None:
    place = Place(tmp_path, f"kafka://{kafka_broker.address}", f"hub-{uuid.uuid4().hex[:12]}")
    with place.opened() as ledger:
        for _ in range(3):
            ledger.append(intent(ledger))
        ledger.append(refusal("nhs-trust"))
    code, findings = told(place)
    # Nobody is asked who they are: all that must be refused is let through, on the canary alone.
    assert code == 1
    assert faulty(findings).keys() == {"deletion-refused"}
    assert faulty(findings, "warn").keys() == {"broker-secured", "topic-rights"}
    topics = Broker([kafka_broker.address]).topics()
    assert {topic_of(place.hub, "council"), topic_of(place.hub, "nhs-trust")} <= set(topics)
    assert len(list(Broker([kafka_broker.address]).read(topic_of(place.hub, "council"), 0))) == 3
    admin = KafkaAdminClient(bootstrap_servers=kafka_broker.address)
    admin.delete_records({TopicPartition(topic_of(place.hub, "council"), 0): 2})
    change = {"retention.ms": "1000000000", "message.timestamp.type": "CreateTime"}
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic_of(place.hub, "nhs-trust"), change)])
    admin.close()
    code, findings = told(place)
    found = faulty(findings)
    assert (code, found["log-start"]) == (1, "it begins at 2: the first 2 entries were deleted")
    assert found["topic-settings"].startswith("retention.ms is 1000000000, not -1")
    assert faulty(findings, "warn")["topic-settings"].startswith("message.timestamp.type is CreateTime")
    stopping = {finding["check"] for finding in findings if finding["stops_start"]}
    assert stopping == {"log-start", "topic-settings"}
    # The canary is no log: a hub starts beside it.
    with Place(tmp_path / "another", place.store, f"hub-{uuid.uuid4().hex[:12]}").opened() as ledger:
        assert ledger.append(refusal()).index == 0


def test_a_broker_that_is_not_there_is_unavailable(place: Place) -> None:
    away = Place(place.home, "kafka://127.0.0.1:9")
    code, findings = told(away)
    assert code == 3
    (reached,) = [finding for finding in findings if finding["check"] == "broker-reached"]
    assert reached["state"] == "unknown"
    assert "start it, or mend MASH_LEDGER" in reached["said"]


@pytest.fixture
def secured(kafka_secured: Secured, tmp_path: Path) -> Place:
    """A ledger of three entries on a secured broker, the rights given."""
    hub = f"hub-{uuid.uuid4().hex[:12]}"
    give(kafka_secured.cluster("kafka-admin"), acls(hub, "sequencer", ["auditor"]))
    place = place_of(tmp_path, kafka_secured, hub)
    with place.opened() as ledger:
        for _ in range(3):
            ledger.append(intent(ledger))
    return place


def auditor(kafka_secured: Secured) -> list[str]:
    return ["--auditor", "auditor", "--auditor-password-file", str(kafka_secured.password_of("auditor"))]


def test_every_right_is_tried_and_a_secured_broker_is_well(secured: Place, kafka_secured: Secured) -> None:
    code, findings = told(secured, *auditor(kafka_secured))
    assert (code, faulty(findings), faulty(findings, "warn"), faulty(findings, "unknown")) == (0, {}, {}, {})
    tried = [f"{finding['said']}" for finding in findings if finding["check"].endswith("-refused")]
    acts = ("deleting records", "changing settings", "adding partitions", "deleting the topic")
    wanted = [f"{act}: refused" for act in acts]
    wanted += ["auditor writing: refused", "auditor reads", *(f"auditor {act}: refused" for act in acts)]
    assert tried == wanted
    rights = {finding["said"] for finding in findings if finding["check"] == "topic-rights"}
    assert rights == {"create, describe, describe_configs, read, write"}
    assert {finding["check"] for finding in findings} == CHECKS.keys() - {"store-size"}
    # The canary, which holds what was tried, is no log.
    with secured.opened() as ledger:
        assert ledger.append(intent(ledger)).index == 3


def test_a_right_too_many_is_found_and_stops_the_start(kafka_secured: Secured, tmp_path: Path) -> None:
    hub = f"hub-{uuid.uuid4().hex[:12]}"
    # Without the denials; the sequencer may delete, and the auditor may write.
    given = [
        acl for acl in acls(hub, "sequencer", ["auditor"]) if acl.permission_type != ACLPermissionType.DENY
    ]
    for user, operation in (("sequencer", "DELETE"), ("auditor", "WRITE")):
        more = acls(hub, user, [])[0]
        more.operation = ACLOperation[operation]
        given.append(more)
    give(kafka_secured.cluster("kafka-admin"), given)
    place = place_of(tmp_path, kafka_secured, hub)
    with place.opened() as ledger, pytest.raises(LedgerUnavailable, match="rights is delete, not refused"):
        ledger.append(refusal())
    code, findings = told(place, *auditor(kafka_secured))
    assert code == 1
    found = {finding["said"] for finding in findings if finding["state"] == "bad"}
    assert "deleting records was let through on the canary" in found
    assert "deleting the topic was let through on the canary" in found
    assert "auditor writing was let through on the canary" in found
    assert any("rights is delete" in said for said in found)


def test_a_password_that_others_may_read_is_said(
    secured: Place, kafka_secured: Secured, tmp_path: Path
) -> None:
    loose = tmp_path / "loose.password"
    shutil.copy(kafka_secured.password_of("sequencer"), loose)
    loose.chmod(0o644)
    place = Place(
        secured.home, secured.store, secured.hub, more=dict(secured.more, ledger_password_file=loose)
    )
    _, findings = told(place)
    assert faulty(findings, "warn").keys() == {"password-file"}
    assert canary_of(secured.hub) in Broker(kafka_secured.cluster("sequencer")).topics()
