"""The alarm of the emergency log: a task for duty managers and IG leads, and a number that an operator's own alarm watches.

Promise: each organisation whose staff went on is told once for each log and time of use, as soon as its inbox can be
reached; nobody is named, and no case.
"""

from prometheus_client import Gauge

from services.gateway.parts import Parts
from services.gateway.tasks.post import Post, post

EVERY = 2.0
"""Seconds between two looks."""
KINDS = ("emergency-log-used", "emergency-log-review")


def tell(parts: Parts) -> None:
    """Raise what is to be told now. Raises `StoreUnavailable`: the next look raises it."""
    for one in due(parts):
        post(parts, one, once=f"{one.kind}/{one.organisation}/{one.key}")


def due(parts: Parts) -> list[Post]:
    """Two tasks for each organisation of whose staff entries stand in the emergency log alone."""
    log, *organisations = parts.ledger.health().emergency or ("",)
    key = f"{log}/{parts.now().date().isoformat()}"
    return [
        Post(kind, organisation, facts={"day": key.rpartition("/")[2]}, key=key)
        for organisation in organisations
        for kind in KINDS
    ]


def measure(parts: Parts) -> None:
    """Count, for the operators' listener, what stands in the emergency log alone."""
    gauge = Gauge(
        "mash_emergency_entries",
        "Entries of the emergency log that the main log does not commit to yet",
        registry=parts.metrics.registry,
    )
    gauge.set_function(lambda: float(parts.ledger.health().unbridged))
