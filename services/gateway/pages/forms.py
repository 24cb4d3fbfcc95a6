"""What somebody typed into a form, read into the messages of the contract.

Promise: a mistake is told beside its field in words, with everything typed kept; nothing typed is ever in an address
or a log line.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from services.contract.people import About
from services.contract.problems import BadInput

Model = TypeVar("Model", bound=BaseModel)
Read = Callable[["Form", str], str]


@dataclass(slots=True)
class Form:
    """Fields as they were typed, and what is wrong with them, field by field."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    errors: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """What was typed, without blanks around it."""
        return self.values.get(name, "").strip()

    def wrong(self, name: str, words: str) -> None:
        """Note a mistake at a field; the first one stays."""
        self.errors.setdefault(name, words)

    def count(self, name: str, least: int, most: int) -> int:
        """How many rows of a kind the form has."""
        text = self.get(name)
        return min(max(int(text) if text.isdigit() and len(text) < 4 else least, least), most)


async def _read(request: Request) -> Form:
    async with request.form(max_files=0, max_fields=400) as form:
        return Form({name: value for name, value in form.items() if isinstance(value, str)})


Typed = Annotated[Form, Depends(_read)]


def made(model: type[Model], **values: Any) -> Model:
    """A message of the contract. Raises `BadInput` without echoing what was typed."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        places = tuple(
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}"
            for one in error.errors(include_input=False)
        )
        raise BadInput("some answers cannot be read", places=places) from None


def about(form: Form, prefix: str = "", *, postcode: bool = True) -> About | None:
    """The person described by the fields under `prefix`; None where all are empty or one is wrong."""
    number = re.sub(r"[\s-]", "", form.get(f"{prefix}nhs_number"))
    if number and not re.fullmatch(r"\d{10}", number):
        form.wrong(f"{prefix}nhs_number", "An NHS number has 10 digits, such as 999 100 0011")
    values = {
        "nhs_number": number,
        "given": form.get(f"{prefix}given"),
        "family": form.get(f"{prefix}family"),
        "birth_date": day(form, f"{prefix}born"),
        "postcode": form.get(f"{prefix}postcode").upper() if postcode else "",
    }
    if len(values["postcode"]) > 10:
        form.wrong(f"{prefix}postcode", "A postcode has at most 8 letters and digits")
    for name, what in (("given", "first name"), ("family", "last name")):
        if len(values[name]) > 200:
            form.wrong(f"{prefix}{name}", f"The {what} is too long")
    described = {name: value for name, value in values.items() if value}
    if not described or any(name.startswith(prefix) for name in form.errors):
        return None
    return made(About, **described)


def whom(form: Form) -> About | None:
    """The one person that the form must name; None, and what is wrong told at its field, where it does not."""
    person = about(form, postcode=False)
    if person is None and not form.errors:
        form.wrong("nhs_number", "Give the NHS number, and a name or the date of birth")
    return person


def day(form: Form, name: str) -> str:
    """A date of three fields, as FHIR writes it; empty where nothing was typed or it is no date."""
    parts = [form.get(f"{name}-{part}") for part in ("year", "month", "day")]
    if not any(parts):
        return ""
    try:
        year, month, number = (int(part) for part in parts)
        if year < 1850:
            raise ValueError
        return date(year, month, number).isoformat()
    except ValueError:
        form.wrong(f"{name}-day", "Give a real date: day, month and year, such as 7 5 2019")
        return ""
