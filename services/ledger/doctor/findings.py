"""What the doctor says: one line a thing looked at, with the remedy; and which of them keep the hub from starting.

Promise: what could not be looked at is never called good. Nothing said here holds a secret or anything of a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "bad", "unknown"]
Stops = Literal["always", "live", "never"]


@dataclass(frozen=True)
class Check:
    """One kind of thing that is looked at, and whether a bad one keeps a hub from starting: always, in live mode, never."""

    what: str
    stops: Stops


CHECKS: Mapping[str, Check] = {
    "key-folder": Check("Only the hub's own user may read the keys", "live"),
    "key-per-log": Check("Every log that has entries has its key, and no two share one", "always"),
    "key-signed": Check("What was published of a log was signed by the key that the hub has now", "always"),
    "store-files": Check("Only the hub's own user may read the ledger's files", "live"),
    "store-sync": Check("What is synced is on a medium, and syncing works", "live"),
    "store-size": Check("The journal holds every entry that was signed", "always"),
    "file-clock": Check("The file system's clock and the hub's agree", "never"),
    "free-disk": Check("There is room on the disk", "never"),
    "password-file": Check("Only the hub's own user may read the Kafka password", "never"),
    "broker-secured": Check("The line to the broker is secured, or does not leave this machine", "live"),
    "broker-reached": Check("The broker answers; while it does not, nothing is released", "never"),
    "topic-settings": Check(
        "No entry can vanish from a topic, and two brokers have it before it counts", "always"
    ),
    "topic-rights": Check("On each topic this user may do no more than it must", "always"),
    "log-start": Check("The first entry of each log is there", "always"),
    "log-size": Check("Each topic holds every entry that was signed", "always"),
    "right-to-write": Check("The hub's user may write, and is acknowledged", "never"),
    "deletion-refused": Check("Deleting and changing are refused to the hub's user, by trying", "never"),
    "auditor-refused": Check("An auditor may read, and is refused all else, by trying", "never"),
    "broker-clock": Check("The broker's clock and the hub's agree", "never"),
}
"""Every check, in the order in which they are made."""


@dataclass(frozen=True)
class Finding:
    """What was found of one check in one place (a log, a file, a topic; "" for the whole)."""

    check: str
    state: State
    said: str
    remedy: str = ""
    place: str = ""

    @property
    def line(self) -> str:
        """`ok`, `warn`, `bad` or `not checked`, the check, where, what was found, and the remedy."""
        word = "not checked" if self.state == "unknown" else self.state
        where = f" {self.place}" if self.place else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{word:<12}{self.check}{where}: {self.said}{remedy}"

    def stops(self, mode: str) -> bool:
        """Whether a hub in this mode does not start upon it."""
        when = CHECKS[self.check].stops
        return self.state == "bad" and (when == "always" or (when == "live" and mode == "live"))

    def as_json(self, mode: str) -> dict[str, object]:
        """For programs."""
        return {
            "check": self.check,
            "place": self.place,
            "state": self.state,
            "said": self.said,
            "remedy": self.remedy,
            "stops_start": self.stops(mode),
        }


def ok(check: str, said: str, place: str = "") -> Finding:
    """All is well with it."""
    return Finding(check, "ok", said, place=place)


def bad(check: str, said: str, remedy: str, place: str = "") -> Finding:
    """It is not as it must be."""
    return Finding(check, "bad", said, remedy, place)
