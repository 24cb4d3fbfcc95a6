"""What a worker half knows of somebody, read from the form: nickname, rough age, street, school, telephone, whose relative.

Promise: like every form, a mistake is told beside its field in words; an age becomes a range of years of birth, wider the
older somebody is thought to be, and the age itself goes no further.
"""

import re
from datetime import date
from typing import Any

from services.contract.people import About
from services.contract.vocabulary import code_list
from services.gateway.pages.forms import Form, made
from services.gateway.pages.forms import about as known

_MARGINS = ((3, 1), (18, 2), (200, 5))
"""Below this age: years either way."""
_TEXTS = {
    "nickname": ("nickname", 200),
    "street": ("street", 200),
    "school": ("name of the school", 200),
    "phone": ("telephone number", 30),
}
OF = "of-"


def about(form: Form, today: date) -> About | None:
    """The person asked about; None where nothing was said or something is wrong."""
    wanted = {name: form.get(name) for name in _TEXTS}
    for name, (what, most) in _TEXTS.items():
        if len(wanted[name]) > most:
            form.wrong(name, f"The {what} is too long")
    said: dict[str, Any] = {name: value for name, value in wanted.items() if value} | _age(form, today)
    if form.get("unborn"):
        said["unborn"] = True
    said |= _relation(form)
    described = known(form)
    if form.errors:
        return None
    said |= described.model_dump(exclude_none=True) if described else {}
    return made(About, **said) if said else None


def relations() -> list[tuple[str, str]]:
    """(code, words) of each relation that may be asked for."""
    return [(code, str(row["title"])) for code, row in code_list("relations").items()]


def _age(form: Form, today: date) -> dict[str, int]:
    text = form.get("age")
    if not text:
        return {}
    if not re.fullmatch(r"\d{1,3}", text) or int(text) > 120:
        form.wrong("age", "Give an age in whole years, such as 7 or 35")
        return {}
    margin = next(years for below, years in _MARGINS if int(text) < below)
    # Who is seven was born this year less seven, or the year before.
    return {"born_from": today.year - int(text) - 1 - margin, "born_to": today.year - int(text) + margin}


def _relation(form: Form) -> dict[str, Any]:
    relation = form.get("relation")
    of = known(form, OF, postcode=False)
    if not relation and of is None:
        return {}
    if relation not in code_list("relations"):
        form.wrong("relation", "Say how they are related")
    if of is None and not any(name.startswith(OF) for name in form.errors):
        form.wrong(f"{OF}nhs_number", "Say whose relative they are: NHS number and date of birth, or names")
    return {"relation": relation, "of": of.model_dump(exclude_none=True)} if of else {}
