"""Who may do what with the topics of a hub: the sequencer writes, auditors read, nobody deletes.

Promise: deleting and changing is denied to everybody by name, so that no allowance given elsewhere opens it; only
the cluster's super users, who are no program's, are above that. One list serves the command that gives them, the
command that prints them, and the doctor.
"""

from collections.abc import Iterator, Mapping, Sequence

from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
)

from services.ledger.store.broker import BASE, plain, topic_of
from services.ledger.store.cluster import Cluster
from services.ledger.store.ports import StoreAway
from services.ledger.store.topic_settings import TOO_MUCH

SEQUENCER = ("DESCRIBE", "DESCRIBE_CONFIGS", "READ", "WRITE", "CREATE")
"""CREATE: a new organisation's log is begun by the hub itself, with the settings that keep it."""
AUDITOR = ("DESCRIBE", "DESCRIBE_CONFIGS", "READ")
NOBODY = tuple(sorted(TOO_MUCH))
EVERYBODY = "*"


def acls(hub: str, sequencer: str, auditors: Sequence[str]) -> list[ACL]:
    """All of one hub, over every topic whose name begins as its logs' do."""
    return [
        *_each(hub, sequencer, SEQUENCER, ACLPermissionType.ALLOW),
        *(acl for auditor in auditors for acl in _each(hub, auditor, AUDITOR, ACLPermissionType.ALLOW)),
        *_each(hub, EVERYBODY, NOBODY, ACLPermissionType.DENY),
    ]


def _each(hub: str, user: str, operations: Sequence[str], permission: ACLPermissionType) -> Iterator[ACL]:
    topics = ResourcePattern(ResourceType.TOPIC, topic_of(hub, ""), ACLResourcePatternType.PREFIXED)
    for operation in operations:
        yield ACL(f"User:{user}", "*", ACLOperation[operation], permission, topics)


def give(cluster: Cluster, wanted: Sequence[ACL]) -> None:
    """Give them; those that are there already stay. `cluster` as its administrator. Raises `StoreAway`."""
    with plain(cluster):
        cluster.knock()
        admin = KafkaAdminClient(**BASE, **cluster.access())
        try:
            answer: Mapping[str, Sequence[object]] = admin.create_acls(list(wanted))
        finally:
            admin.close()
    if answer["failed"]:
        reasons = ", ".join(sorted({getattr(one, "__name__", str(one)) for one in answer["failed"]}))
        raise StoreAway(
            f"{len(answer['failed'])} of {len(wanted)} were refused ({reasons}); ask as a super user"
        )


def as_commands(servers: str, wanted: Sequence[ACL]) -> Iterator[str]:
    """The same as lines for Kafka's own kafka-acls.sh."""
    for acl in wanted:
        effect = "deny" if acl.permission_type == ACLPermissionType.DENY else "allow"
        words = "".join(part.capitalize() for part in acl.operation.name.split("_"))
        yield (
            f"kafka-acls.sh --bootstrap-server {servers} --command-config admin.properties --add "
            f"--{effect}-principal '{acl.principal}' --operation {words} "
            f"--topic '{acl.resource_pattern.resource_name}' --resource-pattern-type prefixed"
        )
