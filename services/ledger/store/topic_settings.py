"""What a topic must be set to, so that no entry can vanish from it; and what one is short of.

Promise: one list serves where a topic is made, where the hub starts and where the doctor looks. A setting under
which entries would vanish, or an acknowledgement would promise less than it seems to, is vital: the ledger does
not write there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LARGEST_BATCH = 512 * 1024
"""Bytes that the producer may send in one batch: `max.message.bytes` is judged per batch."""
KEPT: Mapping[str, str] = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "unclean.leader.election.enable": "false",
    "message.timestamp.type": "LogAppendTime",
}
TOO_MUCH = {"DELETE", "ALTER", "ALTER_CONFIGS"}
"""Operations on a topic that nobody may be given."""
_WHY = {
    "cleanup.policy": "entries would be taken out of the middle",
    "retention.ms": "entries would be deleted by age",
    "retention.bytes": "entries would be deleted by size",
    "unclean.leader.election.enable": "a copy that lacks acknowledged entries could become the log",
}


@dataclass(frozen=True)
class Fault:
    """One thing that a topic is short of: setting, what it is, what it should be, and what follows from it."""

    setting: str
    found: str
    wanted: str
    why: str
    vital: bool = True

    def __str__(self) -> str:
        return f"{self.setting} is {self.found}, not {self.wanted}: {self.why}"


def wanted(brokers: int) -> dict[str, Any]:
    """A new topic on a cluster of so many brokers, as `KafkaAdminClient.create_topics` takes it."""
    copies = min(3, brokers)
    configs = {**KEPT, "min.insync.replicas": str(2 if copies == 3 else 1)}
    return {"num_partitions": 1, "replication_factor": copies, "configs": configs}


def settings_of(described: Mapping[str, Any], configs: Mapping[str, Any]) -> str:
    """How a topic is kept, in words."""
    copies = len(described["partitions"][0]["replica_nodes"])
    return (
        f"kept {copies} times, {configs['min.insync.replicas']['value']} in step before it counts, for ever"
    )


def faults(
    described: Mapping[str, Any], configs: Mapping[str, Any], least: int, *, named: bool = False
) -> Sequence[Fault]:
    """Of one topic, as `describe_topics` and `describe_configs` show it; `least`: the fewest copies; `named`: the broker
    knows us by name, so that what we may do there is what we were given."""
    found: list[Fault] = []
    may = set(described["authorized_operations"] or ()) & TOO_MUCH
    if may:
        why = "whoever has the hub's password could take entries away"
        found.append(Fault("rights", ", ".join(sorted(may)).lower(), "refused", why, vital=named))
    partitions = described["partitions"]
    if len(partitions) != 1:
        found.append(Fault("partitions", str(len(partitions)), "1", "a log is one partition"))
    copies = min(len(partition["replica_nodes"]) for partition in partitions)
    if copies < least:
        why = "an acknowledged entry is lost with one disk"
        found.append(Fault("replication.factor", str(copies), f"{least} or more", why))
    for name, right in KEPT.items():
        value = configs[name]["value"]
        if value != right:
            why = _WHY.get(name, "the broker's time, the second clock, is not in the log")
            found.append(Fault(name, value, right, why, vital=name in _WHY))
    # One copy more than one is what makes an acknowledgement outlive its leader.
    in_step, needed = int(configs["min.insync.replicas"]["value"]), 2 if copies >= 3 else 1
    if in_step < needed:
        why = "an entry would be acknowledged that one broker alone holds"
        found.append(Fault("min.insync.replicas", str(in_step), str(needed), why))
    elif in_step >= copies > 1:
        why = "one broker less and nothing can be entered"
        found.append(Fault("min.insync.replicas", str(in_step), str(needed), why, vital=False))
    largest = int(configs["max.message.bytes"]["value"])
    if largest < LARGEST_BATCH:
        why = "a busy hub's batches are refused"
        found.append(Fault("max.message.bytes", str(largest), f"{LARGEST_BATCH} or more", why, vital=False))
    return found
