"""A witness's own keys: one name, and a private key of each kind that it cosigns with.

Promise: the name is given once and is part of the keys; a key is made on first use, stands in the key folder alone,
and is never a log's.
"""

from collections.abc import Sequence
from pathlib import Path

from services.contract.problems import BadSetting
from services.ledger.cosignature import KINDS, CosigningKey
from services.runtime.keys import KeyFolder
from services.runtime.note import BadKey

_FILE = "witness"


def make_key(home: Path, name: str, kind: str) -> CosigningKey:
    """The witness's key of a kind (KINDS), made where there is none. Raises `BadSetting`."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    known, kinds = _read(home)
    name = name or known
    if not name:
        raise BadSetting("this witness has no name yet: give --name, such as northshire.example/witness")
    if known and name != known:
        raise BadSetting(f"this witness is called {known}; its name is part of its keys. Use another --home")
    key = _key(home, name, kind)
    if kind not in kinds:
        waiting = home / f".{_FILE}"
        waiting.write_text("\n".join([name, *kinds, kind]) + "\n", encoding="utf-8")
        waiting.replace(home / _FILE)
    return key


def keys_in(home: Path) -> Sequence[CosigningKey]:
    """Every key of the witness, in the order in which they were made. Raises `BadSetting`."""
    name, kinds = _read(home)
    if not kinds:
        raise BadSetting(f"no key in {home}; make one: mash witness key --home {home} --name NAME")
    return [_key(home, name, kind) for kind in kinds]


def _read(home: Path) -> tuple[str, list[str]]:
    try:
        name, *kinds = (home / _FILE).read_text(encoding="utf-8").split("\n")[:-1]
    except FileNotFoundError:
        return "", []
    except (OSError, ValueError) as error:
        raise BadSetting(f"{home / _FILE} cannot be read ({type(error).__name__})") from None
    if not set(kinds) <= set(KINDS):
        raise BadSetting(f"{home / _FILE} names a kind of key that there is none of; restore it")
    return name, kinds


def _key(home: Path, name: str, kind: str) -> CosigningKey:
    try:
        return CosigningKey(name, KINDS[kind], KeyFolder(home / "keys").secret(f"cosign-{kind}"))
    except BadKey as error:
        raise BadSetting(f"--name: {error}") from None
