"""The real parts are there, and do what the hub builds upon them."""

import time
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx2
import psycopg
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from playwright.sync_api import Browser

from tests.real.find import Server

RECORDS = 100


def log_of(broker: Server) -> TopicPartition:
    """A new topic with one partition, as each ledger has."""
    name = f"parts-{uuid.uuid4().hex[:8]}"
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    admin.create_topics([NewTopic(name=name, num_partitions=1, replication_factor=1)])
    admin.close()
    return TopicPartition(name, 0)


def append(broker: Server, log: TopicPartition, first: int, count: int) -> list[int]:
    """The offset that each record was acknowledged with."""
    producer = KafkaProducer(bootstrap_servers=broker.address, acks="all", enable_idempotence=True)
    sent = [
        producer.send(log.topic, partition=0, value=b"%d" % number) for number in range(first, first + count)
    ]
    offsets = [ack.get(timeout=60).offset for ack in sent]
    producer.close()
    return offsets


def read(broker: Server, log: TopicPartition, count: int) -> list[tuple[int, bytes]]:
    consumer = KafkaConsumer(bootstrap_servers=broker.address, enable_auto_commit=False)
    consumer.assign([log])
    consumer.seek_to_beginning(log)
    found: list[tuple[int, bytes]] = []
    deadline = time.monotonic() + 60
    while len(found) < count and time.monotonic() < deadline:
        for records in consumer.poll(timeout_ms=500).values():
            found += [(record.offset, record.value) for record in records]
    consumer.close()
    return found


def test_kafka_numbers_records_without_gaps_and_loses_none_to_a_kill(kafka_broker: Server) -> None:
    log = log_of(kafka_broker)
    assert append(kafka_broker, log, 0, RECORDS) == list(range(RECORDS))

    kafka_broker.kill()
    assert not kafka_broker.is_running()
    kafka_broker.start()

    assert append(kafka_broker, log, RECORDS, 1) == [RECORDS]
    assert read(kafka_broker, log, RECORDS + 1) == [(number, b"%d" % number) for number in range(RECORDS + 1)]


def test_opa_answers_by_the_policy_it_was_given(opa_server: Callable[..., Server], tmp_path: Path) -> None:
    policy = tmp_path / "parts.rego"
    policy.write_text('package parts\n\ndefault share := false\n\nshare if input.purpose == "C-S47"\n')
    server = opa_server(policy)

    def share(purpose: str) -> object:
        question = {"input": {"purpose": purpose}}
        return httpx2.post(f"{server.address}/v1/data/parts/share", json=question).json()["result"]

    assert share("C-S47") is True
    assert share("curiosity") is False


def test_opa_comes_back_at_its_address(opa_server: Callable[..., Server], tmp_path: Path) -> None:
    (tmp_path / "parts.rego").write_text("package again\n\nanswer := 42\n")
    server = opa_server(tmp_path)
    server.kill()
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{server.address}/v1/data/again/answer")
    server.start()
    assert httpx2.get(f"{server.address}/v1/data/again/answer").json() == {"result": 42}


def test_postgres_keeps_what_was_committed_through_a_kill(postgres_server: Server, postgres_dsn: str) -> None:
    address = postgres_dsn.replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 100)")

    postgres_server.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address, connect_timeout=2)
    postgres_server.start()

    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*), sum(number) FROM kept").fetchone() == (100, 5050)


def test_chromium_renders_a_page(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<h1>Family view</h1><script>document.title = 'scripted'</script>")
    assert page.get_by_role("heading", name="Family view").is_visible()
    assert page.title() == "scripted"
    page.close()
