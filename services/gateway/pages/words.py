"""Dates, times and codes in the words of a UK practitioner.

Promise: a date that is only a month or a year stays one; what is no date is shown as it came, never guessed at.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from services.contract.vocabulary import code_list

LONDON = ZoneInfo("Europe/London")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day(text: str) -> str:
    """`2019-05-07` as 7 May 2019; a month, a year and a moment likewise."""
    head = text[:10]
    if len(text) > 10 and "T" in text:
        found = _moment(text)
        head = found.date().isoformat() if found else head
    parts = head.split("-")
    try:
        numbers = [int(part) for part in parts]
        if len(numbers) == 3:
            date(*numbers)
        month = _MONTHS[numbers[1] - 1] if len(numbers) > 1 and 1 <= numbers[1] <= 12 else ""
    except ValueError:
        return text
    if len(numbers) > 1 and not month:
        return text
    return " ".join(str(word) for word in (*numbers[2:3], month, numbers[0]) if word)


def moment(text: str) -> str:
    """A UTC moment as 7 May 2019 at 14:05, in the time of the United Kingdom."""
    found = _moment(text)
    return f"{day(found.date().isoformat())} at {found:%H:%M}" if found else day(text)


def when(text: str) -> str:
    """A moment with its time where the record gives one, else the day."""
    return moment(text) if "T" in text else day(text)


def age(born: str, today: date) -> str:
    """Years, or months under two; empty where the date of birth is not whole."""
    try:
        birth = date.fromisoformat(born)
    except ValueError:
        return ""
    months = (today.year - birth.year) * 12 + today.month - birth.month - (today.day < birth.day)
    if months < 0:
        return ""
    return f"{months} months" if months < 24 else str(months // 12)


def nhs_number(text: str) -> str:
    """As it is printed: 999 100 0011."""
    return f"{text[:3]} {text[3:6]} {text[6:]}" if len(text) == 10 and text.isdigit() else text


def title(name: str, code: str) -> str:
    """The title of a code of list `name`; the code itself where the list has no such word."""
    row = code_list(name).get(code)
    return str(row["title"]) if row else code


def sentence(name: str, code: str) -> str:
    """The sentence that a list gives for a code; its title where there is none."""
    row = code_list(name).get(code)
    return str(row.get("sentence", row["title"])) if row else code


def first_up(text: str) -> str:
    """With a capital, as a line begins."""
    return text[:1].upper() + text[1:]


def first_down(text: str) -> str:
    """Without a capital, as it stands within a sentence."""
    return text[:1].lower() + text[1:]


def listed(names: Iterable[str]) -> str:
    """`A, B and C`."""
    found = list(names)
    return " and ".join(filter(None, (", ".join(found[:-1]), found[-1]))) if found else ""


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(LONDON)
