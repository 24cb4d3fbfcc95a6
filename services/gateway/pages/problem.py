"""A problem as a page: what happened, where, and what to do next.

Promise: it is made without asking any part that may be down, and holds no value of a person.
"""

from collections.abc import Callable

from fastapi import Request
from starlette.responses import Response

from services.contract.problems import NotSignedIn, Problem
from services.gateway.pages.desk import Desk


def problem_page(desk: Desk) -> Callable[[Request, Problem], Response]:
    """What `runtime/web.py` calls for a browser."""

    def shown(_: Request, problem: Problem) -> Response:
        return desk.show(
            None,
            "problem.html",
            status=problem.status,
            problem=problem,
            detail=_sentence(problem.detail) if problem.detail != problem.title else "",
            sign_in=isinstance(problem, NotSignedIn),
        )

    return shown


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".") if text else ""
