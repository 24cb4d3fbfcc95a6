"""What the law bars, and what places somebody who is in danger.

Promise: no approval, ownership, purpose or emergency opens these but for the exceptions that the law itself makes.
"""

from services.policy.invariants.row import Row
from services.policy.invariants.said import Said, Table, coarser, owner, silent, withheld

BARRED = frozenset({"L:GRA", "L:HFEA", "L:PRIVILEGE", "L:PROTECTED"})
BIRTH_FAMILY_WORKERS = frozenset({"SW-CHILD", "SW-TEAM-MGR", "SW-EDT"})
OF_THE_ROOM = frozenset({"L:INTEL", "L:COURT", "L:INFORMANT"})
POINTER = frozenset({"DM0", "DM0p", "DM1"})
LOCATION = frozenset({"L:SAFEADDR", "LOCIS", "PATLOC"})


def bar(row: Row, code: str) -> Said | None:
    record, asks = row.profile, row.context
    if row.labels & BARRED:
        return silent("STATUTORY_BAR")
    # What only lies after the order is the child's present life, which the child's new circle goes on with.
    if "L:ADOPT" in row.labels and not (record.own and asks.role == "ADOPTION-WORKER"):
        return silent("STATUTORY_BAR")
    if record.adoption == "before":
        birth_family = record.own and asks.role in BIRTH_FAMILY_WORKERS and asks.purpose in ("C-S17", "C-S47")
        if not birth_family or code in ("DM1i", "DM2"):
            return silent("STATUTORY_BAR")
        return coarser(identity="birth-year") if code == "DM1" else None
    return None


def harm(row: Row, code: str) -> Said | None:
    if not row.profile.harm_link or code in ("DM0", "DM1"):
        return None
    if code in ("DM3", "DM3s"):
        return coarser(date="year")
    return withheld("HARM_LOCATION", "HARM_DISCLOSURE")


def places(row: Row, code: str) -> Said | None:
    """Whether a class places a person: the harm rule's own list, address and access first."""
    if not row.labels & LOCATION or code not in ("DM2", "DM9"):
        return None
    open_ = row.purpose != "BTG" and row.column in ("A", "B") and row.context.channel == "view"
    refused = row.profile.harm_link or not open_
    return withheld("HARM_LOCATION", "SENSITIVE_CATEGORY") if refused else None


def leaves_the_room(row: Row, _: str) -> Said | None:
    """What may be read in the room and never leave it, approved for the room or not."""
    return silent("SENSITIVE_CATEGORY") if row.labels & stays_in_the_room(row.context.channel) else None


def stays_in_the_room(channel: str) -> frozenset[str]:
    """The labels of what may not go by this channel, the agency's own records too."""
    if channel == "view":
        return frozenset()
    return OF_THE_ROOM | {"L:HBA"} if channel in ("notice", "review") else OF_THE_ROOM


def product(row: Row, code: str) -> Said | None:
    if row.context.channel != "product" or row.profile.own or row.approved or code in POINTER:
        return None
    return owner()


TABLES = (
    Table(
        "statutory-bars",
        "bar",
        "What the law bars never leaves, and nothing says that it is there: gender recognition, fertility "
        "treatment, legal privilege, protected persons, adoption. The adoption worker sees the agency's "
        "own records, and the authority's own social workers what came before the order when they work "
        "with the birth family",
        "Gender Recognition Act 2004 s.22; Human Fertilisation and Embryology Act 1990 s.33A; Adoption "
        "and Children Act 2002; Serious Organised Crime and Police Act 2005 s.86; legal professional "
        "privilege",
        bar,
    ),
    Table(
        "harm-link",
        "harm",
        "Across a harm link nothing leaves that places the person: only that a service knows them, who "
        "they are, and statuses as coded facts with a year; own records and approvals make no difference",
        "Children Act 1989 s.1; ICO reprimands of 2023 on safe addresses given to alleged abusers",
        harm,
    ),
    Table(
        "safe-address",
        "sensitivity",
        "A labelled location is for protecting and for care in person: never by break glass, never in a "
        "document, notice or print, never across a harm link, never for any other purpose",
        "ICO reprimands of 2023; DfE golden rules 2024 (protect those who may be harmed)",
        places,
    ),
    Table(
        "of-the-room",
        "channel",
        "Intelligence, informants and court papers leave the room by no product, notice, print or draft, "
        "approved for the room or not; no notice and no draft tells of honour-based abuse",
        "Metropolitan Police Authority report on multi-agency safeguarding hubs, 7 July 2011; Forced "
        "Marriage statutory guidance 2023",
        leaves_the_room,
    ),
    Table(
        "product",
        "channel",
        "Of a partner's records a product names the service, whom to ring and who it is about; for more the "
        "owner is asked",
        "Practice of the room: each agency owns what it holds",
        product,
    ),
)
