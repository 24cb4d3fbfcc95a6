"""The topics of a hub, looked at: settings, copies, rights, the first entry and the last.

Promise: judged by the same list by which the hub makes topics and starts; nothing is changed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from kafka import TopicPartition
from kafka.admin import OffsetSpec

from services.ledger.doctor.findings import Finding, bad, ok
from services.ledger.store.broker import Broker, log_of, looked_at, topic_of
from services.ledger.store.topic_settings import Fault, faults, settings_of

_SEQUENCER = (
    "have the Kafka administrator set it so: kafka-configs.sh --alter --entity-type topics --entity-name"
)


def topic_findings(broker: Broker, hub: str, sizes: Mapping[str, int]) -> Iterator[Finding]:
    """Every topic of the hub that this user sees. Raises `StoreAway`, `StoreHalted`."""
    with broker.admin() as admin:
        present = {log: topic for topic in admin.list_topics() if (log := log_of(hub, topic))}
        for log, size in sorted(sizes.items()):
            if log not in present and size:
                said = f"the topic is gone or hidden from this user, and {size} entries with it"
                yield bad("log-size", said, "restore it, or have mash ledger acls run", topic_of(hub, log))
        for log, topic in sorted(present.items()):
            described, configs = looked_at(admin, topic)
            found = faults(described, configs, broker.cluster.copies, named=bool(broker.cluster.user))
            yield from _settings(topic, configs, described, found)
            yield from _ends(admin, topic, sizes.get(log, 0))


def _settings(
    topic: str, configs: Mapping[str, Any], described: Mapping[str, Any], found: Iterator[Fault] | Any
) -> Iterator[Finding]:
    settings = [fault for fault in found if fault.setting != "rights"]
    rights = [fault for fault in found if fault.setting == "rights"]
    for fault in settings:
        yield Finding("topic-settings", _state(fault), str(fault), f"{_SEQUENCER} {topic}", topic)
    if not settings:
        yield ok("topic-settings", settings_of(described, configs), topic)
    for fault in rights:
        remedy = "have the Kafka administrator run mash ledger acls"
        yield Finding("topic-rights", _state(fault), str(fault), remedy, topic)
    if not rights:
        yield ok("topic-rights", ", ".join(sorted(described["authorized_operations"] or ())).lower(), topic)


def _state(fault: Fault) -> Any:
    return "bad" if fault.vital else "warn"


def _ends(admin: Any, topic: str, size: int) -> Iterator[Finding]:
    place = TopicPartition(topic, 0)
    first = admin.list_partition_offsets({place: OffsetSpec.EARLIEST})[place].offset
    end = admin.list_partition_offsets({place: OffsetSpec.LATEST})[place].offset
    if first:
        said = f"it begins at {first}: the first {first} entries were deleted"
        yield bad("log-start", said, "restore the topic, and find out who may delete", topic)
    else:
        yield ok("log-start", "from the first entry on", topic)
    if end < size:
        said = f"{end} entries, but {size} were signed: the brokers have lost some"
        yield bad("log-size", said, "restore the topic from its backup", topic)
    else:
        later = f", {end - size} not signed yet" if end > size else ""
        yield ok("log-size", f"{size} entries as signed{later}", topic)
