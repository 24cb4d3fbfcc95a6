"""What the gateway hands the ledger, and what it gets back: drafts, prepared salts, receipts, and the entry itself.

Promise: the format is final (a change is a new `v`). An entry holds roots, digests, codes and counts; never a value,
an identifier of a person, or a list of what was withheld.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, as an entry names them."""

    organisation: str
    role: str
    user: str
    """The staff register's opaque id of the person, or the client id of a system. The ledger stores a pseudonym of it."""
    client_key: str = ""
    """Thumbprint (RFC 7638) of the key of the client that signed; empty for a session of a page."""


@dataclass(frozen=True, slots=True)
class SubjectCount:
    """One person of an answer and how many of the answer's resources belong to them (0: shown as refused)."""

    subject: str
    leaves: int


@dataclass(frozen=True, slots=True)
class PreparedSubject:
    """Salts for one subject's leaves; `len(salts)` is `leaves` (already padded to a power of two; 0 stays 0)."""

    subject: str
    handle: str
    salts: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the ledger gives before an entry is built: nothing is durable yet, and nothing may leave."""

    event_id: str
    subjects: tuple[PreparedSubject, ...]
    body_salt: bytes = field(repr=False)
    decision_salt: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CommittedSubject:
    """One subject's commitment as it stands in the entry: `leaves` is a power of two, or 0 with an empty root."""

    subject: str
    handle: str
    fields_root: str
    leaves: int


@dataclass(frozen=True, slots=True)
class Once:
    """A request that its client may send again, named so that it is answered once."""

    key: str
    """Keyed hash of the client and its idempotency key: 16 bytes, hexadecimal."""
    request: str
    """Keyed hash of what was asked, by whom, and in which form: 16 bytes, hexadecimal."""
    at: int
    """When it was first asked, in seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sealed document that opens only while every one of the people whom it is about is remembered."""

    subjects: tuple[str, ...]
    """Opaque person ids, at least one; they need not be people of the answer."""
    body: bytes = field(repr=False)
    """Canonical JSON."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be appended. The ledger adds `v`, `time`, `origin`, the user's pseudonym and each subject's chain."""

    log: str
    """Code of the asking organisation, or `hub`."""
    kind: str
    asking: Asking
    event_id: str = ""
    """Empty: the ledger draws one."""
    purpose: str = ""
    basis: str = ""
    case: str = ""
    """The case's id; the entry holds its HMAC only."""
    policy_revision: str = ""
    policy_digest: str = ""
    subjects: tuple[CommittedSubject, ...] = ()
    decision_digest: str = ""
    body_bucket: int = 0
    """Length of the answer, rounded up to a power of two, in bytes; 0 where there is no body."""
    body_digest: str = ""
    ref: tuple[str, str] | None = None
    """(log, event_id) of what this follows."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Codes, counts, dates, digests; never text."""
    decision_record: bytes = field(default=b"", repr=False)
    """Canonical JSON, sealed into the vault in the same batch; b"" where nothing was decided. With `decision_parts` it
    holds only what is about nobody, and their digests; without, it is about all the subjects of the entry."""
    decision_parts: tuple[Part, ...] = ()
    urgent: bool = False
    """Whether it is of a child protection enquiry marked RED: it may go on in the emergency log."""
    opening: bytes = field(default=b"", repr=False)
    """Canonical JSON {salts by leaf, body salt}, sealed into the vault for the receipt's second document; with
    `opening_parts` as `decision_record` with its own."""
    opening_parts: tuple[Part, ...] = ()
    once: Once | None = None
    """Where the request may be sent again: no other entry may stand under its key."""
    answer: bytes = field(default=b"", repr=False)
    """What is given again to the same request, sealed into the vault in the same batch, for minutes."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that the entry is durable and covered by a signed checkpoint."""

    id: str
    """The entry's event_id: the receipt's address is /ledger/receipts/{id}."""
    log: str
    origin: str
    index: int
    size: int
    """Size of the tree whose checkpoint covers the entry."""
    root: str
    time: str


@dataclass(frozen=True, slots=True)
class AnsweredOnce:
    """What stands under an idempotency key."""

    once: Once
    receipt: Receipt
    answer: bytes | None = field(repr=False)
    """None: its time is over, or it was about somebody who has since been forgotten."""


@dataclass(frozen=True, slots=True)
class Denied:
    """An act of the ledger's that may not be done: a code of erasure-refusals.json."""

    code: str
    allowed_from: str = ""
    """The first day on which it may be (YYYY-MM-DD), where there is one."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold as it may be shown: it names nobody. `kind`: a code of hold-kinds.json."""

    id: str
    kind: str
    organisation: str
    at: str
    role: str
    state: str
    """STANDS | RELEASE_ASKED | RELEASED."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """A request that waits for a second person. `reason`: a code of erasure-reasons.json."""

    id: str
    reason: str
    organisation: str
    at: str
    role: str


@dataclass(frozen=True, slots=True)
class Shredded:
    """What was destroyed: how many sealed parts went, and by when backups of the keys have aged out (YYYY-MM-DD)."""

    receipt: str
    parts: int
    backups_gone_by: str


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One entry about a person: the `n`-th of its log, by the chain value that only the person's secret makes."""

    log: str
    index: int
    n: int
    entry: Mapping[str, Any] = field(repr=False)
    under: str = ""
    """Which of the person's ids it stands under: the keyed hash by which the vault knows it. `n` counts for each."""
    mixed: bool = False
    """Whether records of somebody else counted as the person's at the time: it was about both."""


@dataclass(frozen=True, slots=True)
class SubjectFault:
    """Something wrong among the entries about a person: gap | twice | order | dropped | added | changed | unlisted |
    log-missing; or in a copy that they were given: copy-unread | copy-behind | copy-dropped | copy-added | copy-number |
    copy-unknown | copy-unnoted."""

    kind: str
    log: str
    n: int
    index: int
    """-1 where no entry can be named."""


@dataclass(frozen=True, slots=True)
class SubjectRows:
    """All entries about one person, over the logs that the hub's log lists."""

    logs: tuple[str, ...]
    rows: tuple[SubjectRow, ...]
    faults: tuple[SubjectFault, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One release as the copy tells it that a person is given (UK GDPR Article 15). `number` counts from 1, for each person, in
    the order in which rows are first given, without a gap."""

    number: int
    time: str
    organisation: str
    role: str
    purpose: str
    kinds: tuple[str, ...]
    """Codes of own-copy-kinds.json."""
    mixed: bool = False
    """Whether it was about somebody else as well, whose records counted as the person's at the time."""


@dataclass(frozen=True, slots=True)
class OwnHeld:
    """Releases on one case, by one organisation, that a person's own copy leaves out. `why`: codes of held-back.json."""

    reference: str
    """The event id of the newest of them."""
    purpose: str
    roles: tuple[str, ...]
    why: tuple[str, ...]
    since: str
    answers: int


@dataclass(frozen=True, slots=True)
class LedgerHealth:
    """Whether entries can be taken now, and why not."""

    ready: bool
    detail: str
    sizes: Mapping[str, int] = field(default_factory=dict)
    late: Mapping[str, float] = field(default_factory=dict)
    """Seconds for which a log's newest checkpoint has stood without its quorum of witnesses, where that is an alarm."""
    goes_on: bool = False
    """Whether emergencies are taken, though nothing else is."""
    unbridged: int = 0
    """Entries of the emergency log that no entry of the main log commits to yet."""
    alarms: tuple[str, ...] = ()
    """What an operator must see to, in words."""
    emergency: tuple[str, ...] = ()
    """The organisations whose releases stand in the emergency log, as far as this process knows; its name first."""
