"""The numbers of one look at the index as named cells, and the rule by which no two numbers ever given tell of a few people.

Promise: every number that is given is a multiple of ten, less than ten away from the count, and never of fewer than ten
people; so two answers, whenever, for whomever and from whichever sources, differ by nothing or by ten and more
(docs/adr/0011-numbers-for-research.md).
"""

from collections.abc import Iterable, Mapping, Sequence

from services.contract.people import Counted
from services.contract.vocabulary import codes
from services.gateway.suppress import SMALLEST, Table, apart

Cells = Mapping[str, int]
"""Name of a cell (`age/ADULT`, `kind-of-service/ADULT/acute`) -> people in it."""
AGE, KIND = "age", "kind-of-service"


def cells_of(counted: Counted, kinds: Iterable[str]) -> Cells:
    """Every cell that can be asked for, empty ones too. `kinds`: of the sources that were counted."""
    ages = codes("ages")
    by_age = {f"{AGE}/{age}": counted.ages.get(age, 0) for age in ages}
    among = {f"{KIND}/{age}/{kind}": counted.kinds.get((age, kind), 0) for kind in kinds for age in ages}
    return by_age | among


def settled(fresh: Cells, before: Sequence[Cells]) -> Cells:
    """The numbers to be given. `before`: everything that was ever settled, newest first."""
    return {
        name: _settled(people, [one[name] for one in before if name in one]) for name, people in fresh.items()
    }


def _settled(people: int, before: Sequence[int]) -> int:
    """0 for fewer than ten; a number given before, where fewer than ten have come or gone since; else the nearest ten."""
    if people < SMALLEST:
        return 0
    standing = (given for given in before if given and abs(people - given) < SMALLEST)
    return next(standing, (people + SMALLEST // 2) // SMALLEST * SMALLEST)


def table(cells: Cells, by: str, among: str | None) -> Table:
    """The rows of one table, by the code of the row."""
    start = f"{by}/{among}/" if among else f"{by}/"
    return apart(
        {name.removeprefix(start): people for name, people in cells.items() if name.startswith(start)}
    )
