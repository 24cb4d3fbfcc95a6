"""What the IG leads have written, read as they read it: ISAs, gateways, and which role may use which purpose.

Promise: read from the files themselves, never from what the rules were given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ruamel.yaml import YAML

from services.contract.directory import Organisation
from services.runtime.book import Book

HOLDER_DECIDES = "CA04-16LA"
"""Children Act 2004 section 16LA: a duty to decide and, so far as it helps, to disclose; never a switch."""


@dataclass(frozen=True, eq=False)
class Written:
    """The papers of one book."""

    isas: Mapping[str, Mapping[str, Any]]
    frameworks: Mapping[str, Mapping[str, Any]]
    gateways: tuple[Mapping[str, Any], ...]
    role_purposes: Mapping[str, frozenset[str]]
    organisations: Mapping[str, Organisation]

    def may(self, role: str, purpose: str) -> bool:
        """Whether the table of roles and purposes lets the role use the purpose."""
        return purpose in self.role_purposes.get(role, ())

    def type_of(self, organisation: str) -> str:
        """The type of an organisation, or nothing where it is not listed."""
        found = self.organisations.get(organisation)
        return found.type if found else ""

    @cache  # noqa: B019 - one for a run, and few questions
    def isa_for(self, asker: str, holder: str, purpose: str, role: str, day: str) -> str:
        """The id of a signed ISA between the two, in force on the day, that names purpose and role; or nothing."""
        return next(
            (
                name
                for name, isa in self.isas.items()
                if purpose in isa["purposes"]
                and role in isa["roles"]
                and {asker, holder} <= set(isa["parties"])
                and isa.get("only_with", asker) in (asker, holder)
                and self._signed(isa, asker, holder, day)
                and self._signed(self.frameworks.get(isa["framework"]), asker, holder, day)
            ),
            "",
        )

    def _signed(self, paper: Mapping[str, Any] | None, asker: str, holder: str, day: str) -> bool:
        return (
            paper is not None
            and paper["status"] == "signed"
            and str(paper["effective_from"]) <= day <= str(paper["last_day"])
            and {asker, holder}
            <= {one["organisation"] for one in paper["signatories"] if str(one["day"]) <= day}
        )

    @cache  # noqa: B019 - one for a run, and few questions
    def has_gateway(
        self, purpose: str, asker_type: str, holder_type: str, day: str, *, decides: bool = False
    ) -> bool:
        """Whether a signed gateway is in force on the day under which such an asker may ask such a holder.

        `decides`: of those alone by which the holder has a decision to make, which open nothing by themselves.
        """
        return any(
            (gateway["law"] == HOLDER_DECIDES) == decides
            and gateway["status"] == "signed"
            and purpose in gateway["purposes"]
            and _names(gateway["askers"], asker_type)
            and _names(gateway["holders"], holder_type)
            and gateway["effective_from"] is not None
            and str(gateway["effective_from"]) <= day
            and (gateway["last_day"] is None or day <= str(gateway["last_day"]))
            for gateway in self.gateways
        )


def written(book: Book) -> Written:
    """The papers of a book, as its files say."""
    yaml = YAML(typ="safe", pure=True)
    read = {
        name: yaml.load(content.decode())
        for name, content in book.files.items()
        if name.startswith(("frameworks/", "isa/", "gateways/"))
    }
    return Written(
        isas={one["id"]: one for name, one in read.items() if name.startswith("isa/")},
        frameworks={one["id"]: one for name, one in read.items() if name.startswith("frameworks/")},
        gateways=tuple(one for name, one in read.items() if name.startswith("gateways/")),
        role_purposes=book.role_purposes,
        organisations=book.organisations,
    )


def _names(listed: Any, kind: str) -> bool:
    return listed == "any" or kind in listed
