"""Kafka's classes as the JVM has them in memory once a broker is up, kept beside its jars (class data sharing, JEP 350).

Promise: only time is saved by it, of a start nearly half. A JVM that finds it is not of its own build, or not of these jars,
leaves it and starts as ever.
"""

import shutil
from pathlib import Path

from services.cli.parts.cache import CannotObtain, keep, say
from services.cli.parts.kafka import ARCHIVE, KafkaBroker, classes_kept_as
from services.cli.parts.process import DidNotStart


def keep_classes() -> Path:
    """The folder with the archive; made the first time, by a broker that is started for it."""
    return keep(classes_kept_as(), _make)


def _make(folder: Path) -> None:
    say("keeping Kafka's classes as the JVM has them, once")
    home = folder / "broker"
    broker = KafkaBroker(home, jvm=(f"-XX:ArchiveClassesAtExit={folder / ARCHIVE}",))
    try:
        broker.start()
        broker.stop()
    except (CannotObtain, DidNotStart):
        # A Java without classes of its own kept so can keep no others; nothing stands in the folder then.
        say("this Java keeps no classes; brokers start as ever")
    shutil.rmtree(home, ignore_errors=True)
