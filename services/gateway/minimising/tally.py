"""What became of each class of one record while it was walked: released, made coarser, withheld, or silently so.

Promise: what is silent is kept apart from what may be said, from the first moment on.
"""

from dataclasses import dataclass, field

from services.contract.decisions import Cell


@dataclass(frozen=True, slots=True)
class Gone:
    """Something that does not leave. `quiet`: it leaves no mark (a reference to nothing shown), not even a mask."""

    class_: str
    cell: Cell
    dropped: bool = False
    """Taken out as part of a coarser form, not withheld."""
    quiet: bool = False

    @property
    def silent(self) -> bool:
        return self.quiet or self.cell.silent


@dataclass(slots=True)
class Tally:
    """What became of the classes of one record."""

    released: set[str] = field(default_factory=set)
    generalised: dict[str, Cell] = field(default_factory=dict)
    withheld: dict[str, Cell] = field(default_factory=dict)
    silent: dict[str, Cell] = field(default_factory=dict)
    substance: bool = False
    masked: bool = False
    drop: str = ""
    """Why the record cannot leave: modifier, required, frame."""

    def note(self, gone: Gone) -> None:
        if gone.dropped or gone.quiet:
            return
        (self.silent if gone.cell.silent else self.withheld).setdefault(gone.class_, gone.cell)

    def take(self, other: "Tally") -> None:
        """Adds what became of the classes of a contained resource that is kept."""
        self.released |= other.released
        self.masked = self.masked or other.masked
        for mine, theirs in (
            (self.generalised, other.generalised),
            (self.withheld, other.withheld),
            (self.silent, other.silent),
        ):
            for class_, cell in theirs.items():
                mine.setdefault(class_, cell)
