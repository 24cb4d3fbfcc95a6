"""`mash witness`: for an agency that witnesses the logs of a hub, so that nobody is shown another past than the rest.

Promise: nothing is cosigned that the log's own key did not sign or that does not add to what was cosigned before; what
contradicts itself is kept as a file and said in one line.
"""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from services.cli.exits import Exit, Reporting
from services.cli.serve import LISTENING, LOOPBACK, Listener, bound, port_of, wait_for_end
from services.contract.problems import BadSetting
from services.ledger.cosignature import CosigningKey
from services.ledger.trust_policy import BadPolicy, NamedWitness, TrustPolicy
from services.ledger.verify import read_trust
from services.ledger.witness.exchange import exchange
from services.ledger.witness.keys import keys_in, make_key
from services.ledger.witness.state import State
from services.ledger.witness.witness import Witness
from services.runtime.note import BadKey, Verifier

_SECONDS = 10.0
"""Longest that a peer is waited for."""

app = typer.Typer(
    cls=Reporting,
    help="Witness the logs of a hub for the other agencies.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
Home = Annotated[Path, typer.Option(help="The witness's own folder: keys, state, proofs of misbehaviour.")]
Logs = Annotated[
    Path, typer.Option(help="Logs to witness: a public key line (vkey) each; # begins a comment.")
]
Peers = Annotated[
    Path | None, typer.Option(help="The other witnesses: a policy file (tlog-policy) with their addresses.")
]


@app.callback()
def group() -> None:
    """For an agency that witnesses a hub's logs: what it cosigns, all others can rely on."""


@app.command()
def key(
    home: Home,
    name: Annotated[str, typer.Option(help="Name of the witness, such as northshire.example/witness.")] = "",
    kind: Annotated[
        Literal["ed25519", "ml-dsa-44"], typer.Option(help="ml-dsa-44 also withstands quantum computers.")
    ] = "ed25519",
) -> None:
    """Make the witness's key where there is none, and print its public line (vkey) for the others' policy files.

    Example: mash witness key --home witness --name northshire.example/witness

    Exit: 0 printed, 2 usage.
    """
    print(make_key(home, name, kind).cosigner.vkey)


@app.command()
def serve(
    logs: Logs,
    home: Home,
    port: Annotated[int, typer.Option(help="Port; 0: any that is free.")] = 8720,
    host: Annotated[str, typer.Option(help="Address; other than loopback only behind TLS.")] = LOOPBACK,
    peers: Peers = None,
    every: Annotated[float, typer.Option(help="Seconds between two comparisons with the peers.", min=1)] = 60,
) -> None:
    """Cosign the logs' checkpoints over HTTP (C2SP tlog-witness), and compare with the peers now and then.

    Example: mash witness serve --logs logs.vkeys --home witness --port 8720

    Exit: 0 ended by a signal, 2 usage.
    """
    # The web server takes a moment to load, and the other commands do without.
    from services.ledger.witness.app import make_witness_app

    with _witness(home, logs) as (witness, keys):
        others = _peers(peers, keys)
        sock = bound(host, port, "--port")
        listener = Listener(make_witness_app(witness), sock)
        listener.start()
        address = f"http://{host}:{port_of(sock)}"
        print(
            f"Witness {keys[0].cosigner.name} for {len(witness.logs)} logs, {LISTENING} {address}", flush=True
        )
        try:
            with _now_and_then(lambda: others and _compare(witness, others, aloud=False), every):
                wait_for_end()
        finally:
            listener.stop()


@app.command()
def compare(logs: Logs, home: Home, peers: Annotated[Path, typer.Option(help="As for serve.")]) -> None:
    """Fetch every peer's newest checkpoint of every log, and hold it against all that were seen here.

    Example: mash witness compare --logs logs.vkeys --home witness --peers witnesses.policy

    Exit: 0 nothing contradicts, 1 a log has shown two pasts, 2 usage, 5 a peer gave nothing to compare.
    """
    with _witness(home, logs) as (witness, keys):
        raise typer.Exit(_compare(witness, _peers(peers, keys), aloud=True))


@contextmanager
def _witness(home: Path, logs: Path) -> Iterator[tuple[Witness, Sequence[CosigningKey]]]:
    keys = keys_in(home)
    found = _logs(logs)
    state = State(home / "witness.db")
    try:
        yield Witness(keys, found, state, home / "proofs", lambda line: print(line, flush=True)), keys
    finally:
        state.close()


def _logs(path: Path) -> Sequence[Verifier]:
    try:
        found = read_trust(path.read_text(encoding="utf-8"))
    except BadKey as error:
        raise BadSetting(f"--logs: {error}") from None
    except (OSError, ValueError) as error:
        raise BadSetting(f"--logs: {path} cannot be read ({type(error).__name__})") from None
    if not found:
        raise BadSetting(f"--logs: no log's key in {path}")
    return found


def _peers(path: Path | None, own: Sequence[CosigningKey]) -> Sequence[NamedWitness]:
    """The witnesses of the file that have an address and are not this one."""
    if path is None:
        return ()
    try:
        policy = TrustPolicy.parse(path.read_bytes())
    except BadPolicy as error:
        raise BadSetting(f"--peers: {error}") from None
    except OSError as error:
        raise BadSetting(f"--peers: {path} cannot be read ({error.strerror})") from None
    mine = {key.cosigner for key in own}
    return [one for one in policy.witnesses.values() if one.url and one.key not in mine]


def _compare(witness: Witness, others: Sequence[NamedWitness], *, aloud: bool) -> Exit:
    from services.ledger.cosigning.peers import Peers as Http

    http = Http(_SECONDS)
    try:
        found, compared, gaps = exchange(witness, others, http.latest)
    finally:
        http.close()
    if aloud:
        print(f"Compared {compared} checkpoints of {len(others)} witnesses: {len(found)} contradict.")
        for gap in gaps:
            print(f"NOT COMPARED  {gap}", file=sys.stderr)
    return Exit.FINDINGS if found else Exit.INCOMPLETE if gaps or not compared else Exit.OK


@contextmanager
def _now_and_then(work: Callable[[], object], every: float) -> Iterator[None]:
    """Do the work beside the block, every so many seconds; what goes wrong is said and stops nothing."""
    ended = threading.Event()

    def run() -> None:
        while not ended.wait(every):
            try:
                work()
            except Exception as error:  # noqa: BLE001 (comparing again later is all that can be done)
                print(f"NOT COMPARED  {type(error).__name__}", file=sys.stderr, flush=True)

    thread = threading.Thread(target=run, name="compare", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(_SECONDS)
