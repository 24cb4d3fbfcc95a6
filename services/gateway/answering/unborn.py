"""Whether somebody of an answer is not born yet, by what was released of them.

Promise: a date of birth to come, or a name that says so, and nothing else; a child is never called unborn by what it lacks.
Source: councils record an unborn child as a Patient with the expected day as date of birth, or named "Unborn …".
"""

from collections.abc import Sequence

from services.gateway.answering.released import Resource, name_of

WORD = "unborn"


def is_unborn(resources: Sequence[Resource], on: str) -> bool:
    """`resources`: every Patient and RelatedPerson by which the answer names them; `on`: the day of the answer.

    A date of birth that is past decides.
    """
    births = [str(one["birthDate"]) for one in resources if "birthDate" in one]
    if births:
        return all(born > on[: len(born)] for born in births)
    words = {
        word.casefold() for one in resources for name in one.get("name", ()) for word in name_of(name).split()
    }
    return WORD in words
