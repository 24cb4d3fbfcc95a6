"""The file in which a log's contradiction with itself is kept.

Promise: a proof is saved whole and said in one line; checking one needs the log's key from elsewhere, and nothing that is
not proved is called so.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import typer

from services.cli.exits import Exit
from services.ledger.auditing.misbehaviour import Contradiction, NotAProof
from services.runtime.note import Verifier


def save_proofs(contradictions: Iterable[Mapping[str, str]], folder: Path) -> list[str]:
    """Save the proof of each pair of checkpoints (earlier.py) that has one; a line that says where."""
    said = []
    for pair in contradictions:
        if not pair["proof"]:
            continue
        proof = Contradiction.parse(pair["proof"].encode())
        path = folder / proof.file_name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(proof.emit())
        except OSError as error:
            print(f"{path}: the proof cannot be written ({error.strerror}); give --proofs", file=sys.stderr)
            continue
        said.append(f"proof of misbehaviour saved as {path}; whoever has the log's key can check it")
    return said


def judge_proof(path: Path, keys: Sequence[Verifier]) -> Exit:
    """Check a saved proof, and say what it proves. Raises `typer.BadParameter`."""
    try:
        raw = path.read_bytes()
        found = Contradiction.parse(raw)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read ({error.strerror})") from None
    except NotAProof as error:
        raise typer.BadParameter(f"{path}: {error}") from None
    if not keys:
        raise typer.BadParameter("a proof of misbehaviour holds no keys: give --key, --trust or --policy")
    try:
        judged = found.judge(keys)
    except NotAProof as error:
        print(f"NOT CHECKED  {error}")
        print("This proves nothing against a log whose key was given.")
        return Exit.INCOMPLETE
    print(f"{'PROVED' if judged.proved else 'NOT PROVED'}  {judged.words}")
    return Exit.FINDINGS if judged.proved else Exit.INCOMPLETE
