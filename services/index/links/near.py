"""Whose decision may have depended on whose.

Promise: errs towards too many: every version of a record counts, and every key that a record ever had.

A decision looks at whoever shares a key with the record, at all the records of those people, and at the protections of whoever
lives where they live; so these three steps are taken one after the other, and no further.
"""

from collections.abc import Collection

from sqlalchemy import or_, select

from services.index import family, keys, link
from services.index.links import history, past_keys
from services.index.people import People, in_parts
from services.index.read import INTRODUCE, Summary
from services.index.schema import CONCERN, PROTECTION, RECORD, UNSEEN
from services.index.visible import summary_of


class Near:
    """Steps from records to records, each version read once."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._said: dict[str, list[Summary]] = {}

    def deciding(self, items: Collection[str]) -> set[str]:
        """Whoever these may have weighed, or been weighed by, themselves included."""
        mac = self._people.store.mac
        wanted = {key for said in self._all(items) for key in link.asks_by(mac, said)}
        return set(items) | past_keys.sharing(self._people, wanted)

    def living(self, items: Collection[str]) -> set[str]:
        """Whoever ever lived where one of these ever did, themselves included."""
        mac = self._people.store.mac
        wanted = {key for said in self._all(items) for key in keys.of_homes(mac, said)}
        return set(items) | past_keys.sharing(self._people, wanted)

    def weighed(self, items: Collection[str]) -> set[str]:
        """All whom the decisions of these may have read, or whose look-up keys may be others by them."""
        homes = self.living(set(items) | self._fled(items))
        people = history.together(self._people, self.deciding(items))
        return people | history.together(self._people, self._kin(people) | homes)

    def seen(self, items: Collection[str]) -> set[str]:
        """Those, and all who settle whether one of those is protected."""
        homes = history.together(self._people, self.living(self.weighed(items)))
        return homes | history.together(self._people, self._concerns(homes))

    def swayed(self, items: Collection[str]) -> set[str]:
        """All who may decide otherwise where these are of other people than they were."""
        kin = self._kin(items)
        homes = self.living(set(items) | self._fled(items))
        return self.deciding(homes | kin if self._protected(homes) else kin)

    def _kin(self, items: Collection[str]) -> set[str]:
        """These, and their relatives to two steps: a known brother or sister stops a link."""
        reached = set(items)
        for _ in range(family.STEPS):
            fresh: set[str] = set()
            for some in in_parts(sorted(reached)):
                wanted = select(RECORD.c.item, RECORD.c.about).where(
                    RECORD.c.type == "RelatedPerson", or_(RECORD.c.item.in_(some), RECORD.c.about.in_(some))
                )
                for row in self._people.connection.execute(wanted):
                    fresh |= {row.item, row.about} - {None}
            reached |= history.together(self._people, fresh)
        return reached

    def _fled(self, items: Collection[str]) -> set[str]:
        """Those who are protected from one of these: where these live counts for who shares the protection."""
        mac = self._people.store.mac
        refs = set(items) | {
            str(mac.number("nhs", number.value)) for said in self._all(items) for number in said.numbers
        }
        found: set[str] = set()
        for some in in_parts(sorted(refs)):
            wanted = select(PROTECTION.c.item).join(CONCERN, PROTECTION.c.id == CONCERN.c.protection)
            found |= set(self._people.connection.execute(wanted.where(CONCERN.c.ref.in_(some))).scalars())
        return found

    def _protected(self, items: Collection[str]) -> bool:
        connection = self._people.connection
        return any(
            connection.execute(select(PROTECTION.c.id).where(PROTECTION.c.item.in_(some)).limit(1)).first()
            for some in in_parts(sorted(items))
        )

    def _concerns(self, items: Collection[str]) -> set[str]:
        """Those from whom one of these is protected: where they live counts for who shares a protection."""
        found: set[str] = set()
        numbers: set[int] = set()
        for some in in_parts(sorted(items)):
            wanted = select(CONCERN.c.kind, CONCERN.c.ref).join(
                PROTECTION, PROTECTION.c.id == CONCERN.c.protection
            )
            for row in self._people.connection.execute(wanted.where(PROTECTION.c.item.in_(some))):
                if row.kind == "item":
                    found.add(row.ref)
                elif row.kind == "number":
                    numbers.add(int(row.ref))
        return found | past_keys.sharing(self._people, numbers)

    def _all(self, items: Collection[str]) -> list[Summary]:
        missing = sorted(set(items) - self._said.keys())
        for item in missing:
            self._said[item] = []
        people = self._people
        for some in in_parts(missing):
            wanted = select(RECORD).where(
                RECORD.c.item.in_(some), RECORD.c.state != UNSEEN, RECORD.c.type.in_(INTRODUCE)
            )
            for row in people.connection.execute(wanted):
                self._said[row.item].append(summary_of(people.book, row, people.store.body(row)))
        return [said for item in items for said in self._said[item]]
