"""The whole examination, in order; and the short one at each start, which a hub that is not fit does not pass.

Promise: the examination changes nothing, and may be made while the hub runs. The start makes those checks that need no
broker; what concerns topics is judged, by the same list, when the sequencer opens them (store/broker.py).
"""

import sqlite3
from collections.abc import Iterator, Mapping

from services.contract.problems import BadSetting, LedgerUnavailable
from services.ledger.checkpoints import Head
from services.ledger.doctor.file_checks import file_findings, journal_findings, sync_finding
from services.ledger.doctor.findings import CHECKS, Finding, State, ok
from services.ledger.doctor.key_checks import SignerOf, key_findings
from services.ledger.doctor.owner import only_ours, open_to_others
from services.ledger.store.chosen import checkpoints_of
from services.ledger.vault import look_into
from services.runtime.keys import KeyFolder
from services.runtime.settings import LOOPBACK, Settings


def examine(settings: Settings, keys: KeyFolder, signer_of: SignerOf) -> Iterator[Finding]:
    """Everything of an installation that can be looked at. Raises `LedgerUnavailable` (no ledger there yet)."""
    folder = settings.home / "ledger"
    # First what was signed, then what is held: a hub that runs meanwhile only adds to the second.
    sizes = signed_sizes(settings)
    yield from key_findings(folder, keys, signer_of, sizes)
    yield from file_findings(folder)
    if settings.ledger == "file":
        yield from journal_findings(folder, sizes)
    else:
        yield from _broker_findings(settings, sizes)


def refuse_unfit(settings: Settings, keys: KeyFolder, signer_of: SignerOf, heads: Mapping[str, Head]) -> None:
    """Called before any key is made. `heads`: what was signed, by origin. Raises `BadSetting` that names the first thing that
    stops a start."""
    folder, sizes = settings.home / "ledger", _sizes(heads)
    names = ("journal", "vault.db", "checkpoints.db")
    looked: list[Finding] = [*key_findings(folder, keys, signer_of, sizes)]
    looked.append(
        only_ours("store-files", folder, [path for name in names if (path := folder / name).exists()])
    )
    if settings.mode == "live":
        looked.append(sync_finding(folder))
    stopping = [finding for finding in looked if finding.stops(settings.mode)]
    if stopping:
        first = stopping[0]
        place = f" ({first.place})" if first.place else ""
        raise BadSetting(
            f"{CHECKS[first.check].what}{place}: {first.said}",
            next_step=f"{first.remedy[:1].upper()}{first.remedy[1:]}. mash ledger doctor tells more.",
        )


def signed_sizes(settings: Settings) -> Mapping[str, int]:
    """The signed size of each log, by its code, read and never written. Raises `LedgerUnavailable`."""
    folder = settings.home / "ledger"
    if settings.checkpoints != "file":
        store = checkpoints_of(settings, folder)
        try:
            return _sizes(store.heads())
        finally:
            store.close()
    path = folder / "checkpoints.db"
    if not path.is_file():
        raise LedgerUnavailable("there is no ledger in MASH_HOME yet; start the hub once")
    base = look_into(path)
    try:
        rows = base.execute("SELECT origin, size, root FROM head").fetchall()
    except sqlite3.Error as error:
        raise LedgerUnavailable(f"checkpoints.db: cannot be read ({type(error).__name__})") from None
    finally:
        base.close()
    return _sizes({origin: Head(size, root) for origin, size, root in rows})


def _sizes(heads: Mapping[str, Head]) -> Mapping[str, int]:
    return {origin.rpartition("/")[2]: head.size for origin, head in heads.items()}


def _broker_findings(settings: Settings, sizes: Mapping[str, int]) -> Iterator[Finding]:
    # The client takes a second to load, and most installations have no broker.
    from services.ledger.doctor.right_checks import own_findings  # noqa: PLC0415
    from services.ledger.doctor.topic_checks import topic_findings  # noqa: PLC0415
    from services.ledger.store.broker import Broker  # noqa: PLC0415
    from services.ledger.store.cluster import Cluster  # noqa: PLC0415
    from services.ledger.store.ports import StoreAway, StoreHalted  # noqa: PLC0415

    cluster = Cluster.of(settings)
    if cluster.password_file:
        open_file = open_to_others(cluster.password_file)
        said = "others than the hub's user may read it" if open_file else "its owner's alone"
        remedy = f"chmod 600 {cluster.password_file}" if open_file else ""
        yield Finding(
            "password-file", "warn" if open_file else "ok", said, remedy, cluster.password_file.name
        )
    yield _secured(settings)
    broker = Broker(cluster)
    try:
        seen = len(broker.topics())
        yield ok("broker-reached", f"{cluster.names} answers; {seen} topics are seen")
        yield from topic_findings(broker, settings.hub, sizes)
        yield from own_findings(broker, settings.hub)
    except (StoreAway, StoreHalted) as error:
        yield Finding("broker-reached", "unknown", str(error))
    finally:
        broker.close()


def _secured(settings: Settings) -> Finding:
    if settings.ledger_user:
        return ok("broker-secured", f"TLS, and the hub is known as {settings.ledger_user}")
    hosts = {server.rpartition(":")[0] for server in settings.ledger.removeprefix("kafka://").split(",")}
    said = "no TLS and no name: whoever reaches the broker may write and delete"
    state: State = "warn" if hosts <= LOOPBACK else "bad"
    remedy = "set MASH_LEDGER_USER, MASH_LEDGER_PASSWORD_FILE and MASH_LEDGER_CA"
    return Finding("broker-secured", state, said, remedy)
