"""The emergency log: a second log of this hub, signed and durable, on a disk of the sequencer's own.

Promise: an entry in it is as durable and as signed as any other, under a key and an origin of its own; a folder that is
new, because the old disk was lost, is another log with another key, so that no two histories carry one name.
"""

import os
import secrets
import threading
from collections.abc import Sequence

from services.contract.problems import LedgerUnavailable
from services.ledger.append import Sequencer
from services.ledger.begun import Listing
from services.ledger.checkpoints import NEW, Checkpoints
from services.ledger.cosigning.ports import Off
from services.ledger.emergency.folder import emergency_folder
from services.ledger.lease.turns import InTurn
from services.ledger.log import Log, Signed, log_signer
from services.ledger.overlap import Overlaps
from services.ledger.publish import publisher
from services.ledger.recover import Logs, recover
from services.ledger.store.chosen import held
from services.ledger.store.disk import Disk
from services.ledger.store.file import FileStore
from services.runtime.keys import KeyFolder
from services.runtime.logs import log
from services.runtime.settings import Settings

_KNOWN = "emergency-logs"
"""In the ledger's own folder: the emergency logs that this hub has ever had, a code a line."""


class _Unlisted(Listing):
    """The hub's log lists this one, too, but cannot while nothing enters there: with the entry that joins it on."""

    def __init__(self) -> None:
        pass

    def before(self, *_: object) -> None:
        """Nothing."""


class EmergencyLog:
    """Opened at first need, or at the start where one stands. `disk`: the seam to its file system."""

    def __init__(self, settings: Settings, keys: KeyFolder, vault: InTurn, disk: Disk | None = None) -> None:
        self._settings, self._keys, self._vault = settings, keys, vault
        self.disk = disk or Disk()
        self.folder = emergency_folder(settings)
        self._known = settings.home / "ledger" / _KNOWN
        self._one = threading.Lock()
        self._sequencer: Sequencer | None = None
        self._lock = -1
        self.code = ""

    @property
    def stands(self) -> bool:
        """Whether one was begun in the folder."""
        return (self.folder / "name").is_file()

    @property
    def lost(self) -> tuple[str, ...]:
        """Codes of those that this hub has had, and that are not in the folder any more."""
        here = self._read_name()
        return tuple(code for code in self._codes() if code != here)

    def begin(self) -> bool:
        """At the start: opened where it may be needed or one stands. Whether all that this hub ever had is at hand."""
        if self._settings.emergency_log == "on" or self.stands:
            try:
                self.sequencer()
            except LedgerUnavailable as error:
                log.error("emergency-log-not-open", reason=error.detail[:200])
        whole = self._sequencer is not None and self._sequencer.open
        return (whole or not self.stands) and not self.lost

    def sequencer(self) -> Sequencer:
        """Its sequencer, open. Raises `LedgerUnavailable`: its disk takes nothing, or another process has it."""
        with self._one:
            if self._sequencer is None:
                self._sequencer = self._open()
            found = self._sequencer
        if not found.open:
            raise LedgerUnavailable(f"the emergency log takes nothing: {found.halted or found.trouble}")
        return found

    @property
    def signed(self) -> Signed | None:
        """Its newest signed head; None: no entry."""
        found = self._sequencer.logs.by_code.get(self.code) if self._sequencer else None
        return found.signed if found and found.signed.head != NEW else None

    def has(self, event: bytes) -> bool:
        """Whether it holds an entry with this event id. False where it is not open."""
        return self._sequencer is not None and event in self._sequencer.logs.places

    def has_first(self, secret: bytes) -> bool:
        """Whether an entry read at its start is about the subject with this secret."""
        logs: Sequence[Log] = list(self._sequencer.logs.by_code.values()) if self._sequencer else []
        return any(one.has_first(secret) for one in logs)

    def close(self) -> None:
        """Finish, and let go of the folder; at the next need it is opened again."""
        with self._one:
            sequencer, self._sequencer = self._sequencer, None
            if sequencer is not None:
                sequencer.stop()
                sequencer.store.close()
                self._checkpoints.close()
            if self._lock >= 0:
                os.close(self._lock)
                self._lock = -1

    def _open(self) -> Sequencer:
        folder, hub = self.folder, self._settings.hub
        try:
            for name in ("checkpoints", "keys"):
                (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._lock < 0:
                self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if not held(self._lock):
                raise LedgerUnavailable("another process has the emergency log open")
            self.code = self._name()
        except OSError as error:
            raise LedgerUnavailable(f"the emergency log cannot be opened ({error.strerror})") from None
        self._checkpoints = Checkpoints(folder / "checkpoints.db")
        store = FileStore(folder, hub, self.disk)
        mark = self._keys.mac("ledger-marks").of("emergency", self.code)

        def make(code: str) -> Log:
            return Log(code, log_signer(hub, code, self._keys), mark)

        overlaps = Overlaps(self._keys, self._vault.onces.find)

        def begin() -> Logs:
            return recover(hub, store, self._checkpoints, make, overlaps)

        sequencer = Sequencer(
            store=store,
            vault=self._vault,
            checkpoints=self._checkpoints,
            begin=begin,
            make=make,
            publish=publisher(folder, self.disk, Off().shown),
            listing=_Unlisted(),
        )
        sequencer.start()
        sequencer.tried.wait()
        return sequencer

    def _name(self) -> str:
        """The code of the log in this folder; drawn once, and noted in the ledger's own folder before it is used."""
        code = self._read_name() or f"emergency-{secrets.token_hex(4)}"
        if code not in self._codes():
            with self._known.open("a", encoding="ascii") as file:
                file.write(f"{code}\n")
                file.flush()
                os.fsync(file.fileno())
        if not self.stands:
            self.disk.replace(self.folder / "name", code.encode() + b"\n")
        return code

    def _read_name(self) -> str:
        try:
            return (self.folder / "name").read_text(encoding="ascii").strip()
        except OSError:
            return ""

    def _codes(self) -> list[str]:
        try:
            return self._known.read_text(encoding="ascii").split()
        except OSError:
            return []
