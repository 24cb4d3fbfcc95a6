"""The signers of `mash demo --signed`: three of its cast, their keys beside the demonstration's folder, a first book.

Promise: their keys are made on this machine at the first start and nowhere else; what they sign is verified by the hub as
anybody's would be.
"""

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.cli.demo import live_source
from services.cli.demo.cast import STAFF, Member
from services.cli.policy import signing_key
from services.contract import places
from services.policy.lifecycle.propose import propose, sign
from services.policy.lifecycle.take_up import Lifecycle
from services.policy.lifecycle.weighed import weighed


@dataclass(frozen=True, slots=True)
class Person:
    """One of the cast who may sign."""

    member: Member
    role: str

    @property
    def id(self) -> str:
        """As the key and the signers file name them."""
        return self.member.user


def _of_cast(user: str, role: str) -> Person:
    return Person(next(one for one in STAFF if one.user == user), role)


SIGNERS = (
    _of_cast("imogen.governance", "ig-lead"),
    _of_cast("samir.guardian", "caldicott"),
    _of_cast("hugh.governance", "ig-lead"),
)
"""The first proposes; the two others sign."""


def keys_folder(home: Path) -> Path:
    """Beside the hub's folder, never in it."""
    return home.parent / f"{home.name}-signers"


def signed_policies(home: Path, practice: int) -> Path:
    """The demonstration's own policy folder, made at its first start with its signers; later starts keep its edits."""
    own = home / "policies"
    if (own / "signers.yaml").is_file():
        return own
    shutil.copytree(places.policies(), own, dirs_exist_ok=True)
    file = own / "organisations.yaml"
    usual, moved = f"127.0.0.1:{live_source.PORT}", f"127.0.0.1:{practice}"
    file.write_text(file.read_text(encoding="utf-8").replace(usual, moved), encoding="utf-8")
    rows = [_row(one, key) for one, key in zip(SIGNERS, _keys(home).values(), strict=True)]
    (own / "signers.yaml").write_text("signers:\n" + "".join(rows), encoding="utf-8")
    return own


def _row(person: Person, key: str) -> str:
    member = person.member
    who = f'id: {person.id}, name: "{member.name}", organisation: {member.organisation}, role: {person.role}'
    return f'  - {{{who}, key: "{key}"}}\n'


def first_book(home: Path, policies: Path) -> None:
    """Where nothing was ever in force: the folder proposed by the first of them, signed by the two others, and asked for."""
    lifecycle = Lifecycle.of(home, None)
    if lifecycle.activated.last() is not None:
        return
    passphrase = keys_folder(home) / "passphrase"
    first, *others = [signing_key.read(_file(home, one), passphrase) for one in SIGNERS]
    proposal = propose(lifecycle, policies, first, weighed, lambda *_: {"run": [], "not_run": ["all checks"]})
    for one in others:
        sign(lifecycle, proposal, one)
    lifecycle.requests.ask(proposal.id, proposal.statement.signers)


def tell(console: Console, home: Path) -> None:
    """Who may sign, and with what."""
    table = Table("Signs as", "Name", "Organisation", "Role", "Key", title="Signers of the demonstration")
    for one in SIGNERS:
        table.add_row(one.id, one.member.name, one.member.organisation, one.role, str(_file(home, one)))
    console.print(table)
    console.print(f"Passphrase of all three: in {keys_folder(home) / 'passphrase'}", highlight=False)
    console.print(
        f"Policies that you may edit: {home / 'policies'}. They count once signed:", highlight=False
    )
    options = f"--home {home} --passphrase-file {keys_folder(home) / 'passphrase'}"
    console.print(
        f"  mash policy propose {options} --key {_file(home, SIGNERS[0])}", highlight=False, soft_wrap=True
    )


def _file(home: Path, person: Person) -> Path:
    return keys_folder(home) / f"{person.id}.key"


def _keys(home: Path) -> Mapping[str, str]:
    """Public key lines by id; the keys made where they are not there."""
    folder = keys_folder(home)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    passphrase = folder / "passphrase"
    if not passphrase.exists():
        passphrase.touch(mode=0o600)
        passphrase.write_text(f"{secrets.token_urlsafe(12)}\n", encoding="utf-8")
    found = {}
    for one in SIGNERS:
        file = _file(home, one)
        if not file.exists():
            signing_key.make(file, one.id, passphrase.read_text(encoding="utf-8").strip())
        found[one.id] = signing_key.read(file, passphrase).verifier.vkey
    return found
