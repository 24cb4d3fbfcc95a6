"""Every state of a machine, shortest way first; and the way to the first step that breaks an invariant, in words.

Promise: the search is whole within the rules' bounds: no state is left out, and the count of states is told.
"""

from collections import deque
from dataclasses import dataclass

from tests.model.ledger import Action, Rules, State, broken, steps


@dataclass(frozen=True, slots=True)
class Explored:
    """How many states there are, and the shortest way to a broken invariant ("" where there is none)."""

    states: int
    fault: str = ""
    trace: tuple[tuple[Action, State], ...] = ()

    def told(self) -> str:
        """The way, one step a line."""
        lines = [f"{self.fault or 'no invariant is broken'} ({self.states} states looked at)"]
        lines += [
            f"  {n:2}. {_step(action)}{_stores(state)}" for n, (action, state) in enumerate(self.trace, 1)
        ]
        return "\n".join(lines)


def explore(rules: Rules) -> Explored:
    """Breadth first, from empty stores."""
    first = rules.first()
    came: dict[State, tuple[State, Action] | None] = {first: None}
    waiting = deque([first])
    while waiting:
        state = waiting.popleft()
        for action, after in steps(state, rules):
            fault = broken(state, action, after, rules)
            if fault:
                return Explored(len(came), fault, (*_way(came, state), (action, after)))
            if after not in came:
                came[after] = (state, action)
                waiting.append(after)
    return Explored(len(came))


def _way(came: dict[State, tuple[State, Action] | None], state: State) -> tuple[tuple[Action, State], ...]:
    way: list[tuple[Action, State]] = []
    found = came[state]
    while found is not None:
        way.append((found[1], state))
        state = found[0]
        found = came[state]
    return tuple(reversed(way))


def _step(action: Action) -> str:
    what, number, _ = action
    return f"{'the world' if number < 0 else f'sequencer {number + 1}'}: {what}".ljust(34)


def _stores(state: State) -> str:
    store = " ".join(f"e{entry}" for _, entry in state.store)
    checkpoint = " ".join(f"e{entry}" for entry in state.checkpoint)
    answered = " ".join(f"e{entry}" for entry in sorted(state.answered))
    return f" store [{store}] checkpoint [{checkpoint}] answered [{answered}]"
