"""The proposals of an installation: `MASH_HOME/policy/proposals/<id>/`, each with the whole book that it proposes.

Promise: a proposal is there whole or not at all, and is never written to again but for signatures; what was changed in
its folder since is found, file by file, before anything of it is believed.

    book/            the policy folder as it was, `signers.yaml` included
    impact.json      the impact report, canonical JSON
    checks.json      which checks were run, and which could not be
    proposal.note    the statement (statement.py), signed by the proposer
    signatures/      one note for each signer, over the same text
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from services.contract.canonical import NotJson, canonical, digest, parse
from services.contract.problems import NotFound, Problem
from services.policy.lifecycle import durable
from services.policy.lifecycle.refused import Fault, ProposalRefused
from services.policy.lifecycle.signers import Signers, read_signers
from services.policy.lifecycle.statement import NoStatement, Statement
from services.runtime.book import BadBook, Book, read_book
from services.runtime.note import BadNote, open_note, split_note

NOTE, REPORT, CHECKS, BOOK, SIGNATURES = "proposal.note", "impact.json", "checks.json", "book", "signatures"
LEAST_PREFIX = 8
_COPIED = (".yaml", ".rego")


@dataclass(frozen=True)
class Version:
    """A book with the signers that stand beside it."""

    book: Book
    signers: Signers


@dataclass(frozen=True)
class Proposal:
    """One proposal as its folder has it now; nothing of it is believed before `judge.py` has held it against the rest."""

    folder: Path
    statement: Statement
    note: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """64 hex digits; the folder's name."""
        return self.statement.id

    @cached_property
    def report(self) -> Mapping[str, Any]:
        """The impact report. Raises `ProposalRefused` where it is not the one that the statement names."""
        try:
            raw = (self.folder / REPORT).read_bytes()
            found = parse(raw)
        except (OSError, NotJson):
            raise refused("REPORT_OF_ANOTHER", REPORT, "cannot be read; propose again") from None
        if digest(raw).hex() != self.statement.impact or not isinstance(found, dict):
            raise refused(
                "REPORT_OF_ANOTHER", REPORT, "is not the report that the proposal names; propose again"
            )
        return found

    def version(self) -> Version:
        """The book that is proposed. Raises `ProposalRefused` where its folder is not as it was."""
        found = version_in(self.folder / BOOK)
        if found.book.digest != self.statement.policy:
            raise refused("BOOK_CHANGED", f"{BOOK}/", "has been changed since it was proposed; propose again")
        if found.signers.digest != self.statement.signers:
            raise refused(
                "SIGNERS_CHANGED",
                f"{BOOK}/signers.yaml",
                "has been changed since it was proposed; propose again",
            )
        return found

    def signatures(self) -> dict[str, bytes]:
        """The signers' notes, by file name; the proposer's own is `proposal.note`."""
        paths = sorted((self.folder / SIGNATURES).glob("*.note"))
        return {NOTE: self.note} | {f"{SIGNATURES}/{path.name}": path.read_bytes() for path in paths}

    def signed_by(self, trusted: Signers) -> tuple[str, ...]:
        """Ids of those whose signature holds, the proposer left out: what a page tells, not what decides."""
        found = []
        for note in self.signatures().values():
            try:
                text, keys = open_note(note, trusted.verifiers())
            except BadNote:
                continue
            if text == self.statement.text:
                found += [key.name for key in keys if key.name != self.statement.proposer]
        return tuple(sorted(set(found)))

    def checks_not_run(self) -> tuple[str, ...]:
        """Checks that could not be run where it was proposed."""
        try:
            return tuple(str(one) for one in parse((self.folder / CHECKS).read_bytes())["not_run"])
        except (OSError, NotJson, KeyError, TypeError):
            return ("which checks were run cannot be read",)

    def sign(self, signer: str, note: bytes) -> Path:
        """Keep a signer's note, replacing an earlier one of theirs; the file."""
        path = self.folder / SIGNATURES / f"{signer}.note"
        durable.put(path, note, 0o644)
        return path


def refused(code: str, place: str, what: str) -> ProposalRefused:
    """A refusal for one reason."""
    return ProposalRefused([Fault(code, place, what)])


def version_in(folder: Path) -> Version:
    """Book and signers of a folder that was copied. Raises `ProposalRefused` with every finding."""
    try:
        book = read_book(folder)
        return Version(book, read_signers(folder, book.organisations.keys()))
    except BadBook as bad:
        found = [Fault("BAD_BOOK", f"{BOOK}/{one.file} line {one.line}", one.what) for one in bad.findings]
        raise ProposalRefused(found) from None
    except (OSError, UnicodeDecodeError) as error:
        raise refused(
            "BOOK_CHANGED", f"{BOOK}/", f"cannot be read ({type(error).__name__}); propose again"
        ) from None


class Proposals:
    """The folder of them all."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "policy" / "proposals"

    @contextmanager
    def drafted(self, source: Path) -> Iterator[Path]:
        """A copy of a policy folder to be proposed; what is not kept by the end of the block is thrown away."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".draft-") as scratch:
            draft = Path(scratch) / "proposal"
            paths = [path for path in sorted(source.rglob("*")) if path.suffix in _COPIED and path.is_file()]
            files = {path.relative_to(source).as_posix(): path.read_bytes() for path in paths}
            durable.put_new(draft / BOOK, files)
            yield draft

    def keep(
        self, draft: Path, note: bytes, report: bytes, checks: Mapping[str, Sequence[str]]
    ) -> "Proposal":
        """Give a draft its name, whole. The same proposal made twice is one."""
        statement = Statement.parse(split_note(note)[0])
        durable.put(draft / REPORT, report, 0o644)
        durable.put(draft / CHECKS, canonical({name: list(lines) for name, lines in checks.items()}), 0o644)
        (draft / SIGNATURES).mkdir(exist_ok=True)
        durable.put(draft / NOTE, note, 0o644)
        kept = self.folder / statement.id
        if not kept.is_dir():
            draft.rename(kept)
        durable.settle(self.folder)
        return Proposal(kept, statement, note)

    def open(self, id: str) -> Proposal:
        """The proposal in the folder of this name. Raises `ProposalRefused`."""
        folder = self.folder / id
        try:
            note = (folder / NOTE).read_bytes()
            statement = Statement.parse(split_note(note)[0])
        except OSError:
            raise refused("UNREADABLE", f"{id[:16]}/{NOTE}", "cannot be read; propose again") from None
        except (BadNote, NoStatement) as bad:
            raise refused("UNREADABLE", f"{id[:16]}/{NOTE}", f"{bad}; propose again") from None
        if statement.id != id:
            raise refused("UNREADABLE", f"{id[:16]}/{NOTE}", "is another proposal's; propose again")
        return Proposal(folder, statement, note)

    def find(self, prefix: str) -> Proposal:
        """By the first hex digits, at least 8, of the proposal's id or of its policy digest. Raises `NotFound`."""
        ids = self.ids()
        named = [id for id in ids if id.startswith(prefix)]
        if not named and len(prefix) >= LEAST_PREFIX:
            named = [one.id for one in self.all() if one.statement.policy.startswith(prefix)]
        if len(prefix) < LEAST_PREFIX or len(named) != 1:
            some = (
                ", ".join(id[:16] for id in (named or ids)[-8:]) or "none; make one with mash policy propose"
            )
            what = "fits more than one proposal" if len(named) > 1 else "names no proposal"
            raise NotFound(
                f"PROPOSAL: {what} (8 hex digits or more are needed)", next_step=f"Take one of these: {some}."
            )
        return self.open(named[0])

    def ids(self) -> list[str]:
        """Every proposal that there is, by name."""
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir() and path.name[0] != ".")

    def all(self) -> list[Proposal]:
        """Those that can be read, newest last."""
        found = []
        for id in self.ids():
            try:
                found.append(self.open(id))
            except Problem:
                continue
        return sorted(found, key=lambda one: (one.statement.proposed, one.id))


def drop(folder: Path) -> None:
    """Remove a proposal that will not be put in force."""
    shutil.rmtree(folder)
