"""Every state of a machine, shortest way first; and the way to the first step that breaks an invariant, in words.

Promise: the search is whole within the machine's bounds: no state is left out, and the count of states is told.
"""

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

S = TypeVar("S", bound=Hashable)
A = TypeVar("A")


class Machine(Protocol[S, A]):
    """Where it begins, all that may happen next, and what no step may break. Its bounds keep its states few enough."""

    def first(self) -> S: ...
    def steps(self, state: S) -> Iterator[tuple[A, S]]: ...
    def broken(self, before: S, action: A, after: S) -> str:
        """The invariant that the step breaks, in words; "" where it breaks none."""
        ...

    def told(self, action: A, state: S) -> str:
        """The step and where it led, in a line."""
        ...


@dataclass(frozen=True, slots=True)
class Explored:
    """How many states there are, and the shortest way to a broken invariant ("" where there is none), a line a step."""

    states: int
    fault: str = ""
    way: tuple[str, ...] = ()

    def told(self) -> str:
        """The way, one step a line."""
        lines = [f"{self.fault or 'no invariant is broken'} ({self.states} states looked at)"]
        return "\n".join(lines + [f"  {n:2}. {line}" for n, line in enumerate(self.way, 1)])


def explore(machine: Machine[S, A]) -> Explored:
    """Breadth first."""
    first = machine.first()
    came: dict[S, tuple[S, A] | None] = {first: None}
    waiting = deque([first])
    while waiting:
        state = waiting.popleft()
        for action, after in machine.steps(state):
            fault = machine.broken(state, action, after)
            if fault:
                way = [*_way(came, state), (action, after)]
                return Explored(len(came), fault, tuple(machine.told(*step) for step in way))
            if after not in came:
                came[after] = (state, action)
                waiting.append(after)
    return Explored(len(came))


def _way(came: dict[S, tuple[S, A] | None], state: S) -> list[tuple[A, S]]:
    way: list[tuple[A, S]] = []
    found = came[state]
    while found is not None:
        way.append((found[1], state))
        state = found[0]
        found = came[state]
    return way[::-1]
