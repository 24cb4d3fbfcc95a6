"""Of the steps of `mash policy check`, those that a test is about: all ten over all stories take a quarter of a minute."""

import pytest

from services.cli.policy import check_steps


def only(monkeypatch: pytest.MonkeyPatch, *steps: str) -> None:
    """After the first step, which reads the files, these alone are run; each by its name."""
    whole = check_steps.Bench.steps

    def chosen(bench: check_steps.Bench) -> tuple[check_steps.Step, ...]:
        found = tuple(step for step in whole(bench) if step.name in steps)
        assert len(found) == len(steps), f"no such step among {steps}"
        return found

    monkeypatch.setattr(check_steps.Bench, "steps", chosen)
