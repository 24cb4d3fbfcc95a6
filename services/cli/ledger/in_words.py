"""An entry in words: what happened, who asked, for what, on what basis; codes in the words of schemas/vocabulary.

Promise: an entry names no person, so neither do its words; a code that is in no list is told as it is.
"""

from collections.abc import Mapping
from typing import Any

from services.contract.vocabulary import code_list

Row = tuple[str, str]


def titled(words: str, code: str) -> str:
    """`Title (CODE)` of a code list; the code alone where the list has it not."""
    row = code_list(words).get(code)
    return f"{row['title']} ({code})" if row else code


def counted(number: int, one: str, many: str = "") -> str:
    """`1 way`, `2 ways`; `many` where an s does not do."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def who(entry: Mapping[str, Any]) -> str:
    """Role and organisation; the person stands in an entry as a pseudonym only."""
    asker = entry["asker"]
    role = asker.get("role", "")
    return f"{titled('roles', role) if role else 'a system'} of {asker['organisation']}"


def in_words(entry: Mapping[str, Any]) -> list[Row]:
    """(label, words), in the order in which a reader asks."""
    kind = code_list("entry-kinds").get(entry["kind"], {})
    rows: list[Row] = [
        ("What", f"{titled('entry-kinds', entry['kind'])}. {kind.get('sentence', '')}".rstrip()),
        ("When", f"{entry['time']}, by the hub's clock"),
        ("Who", f"{who(entry)}, pseudonym {entry['asker']['user']}"),
    ]
    if purpose := entry.get("purpose"):
        rows.append(("Purpose", titled("purposes", purpose)))
    if basis := entry.get("basis"):
        law = code_list("lawful-bases").get(basis, {}).get("law", "")
        rows.append(("Basis", ": ".join(filter(None, (titled("lawful-bases", basis), str(law))))))
    if case := entry.get("case_hash"):
        rows.append(("Case", f"{case} (a keyed hash)"))
    if policy := entry.get("policy"):
        rows.append(("Policies", policy["revision"]))
    subjects = entry.get("subjects", ())
    if subjects:
        refused = sum(not subject["leaves"] for subject in subjects)
        rows.append(
            (
                "About",
                counted(len(subjects), "person", "people")
                + (f", {refused} of them with nothing shown" if refused else ""),
            )
        )
    if body := entry.get("body"):
        rows.append(("Answer", f"at most {body['bucket']} bytes"))
    if ref := entry.get("ref"):
        rows.append(("Follows", f"event {ref['event_id']} of log {ref['log']}"))
    rows += [(name.capitalize(), told(value)) for name, value in entry.get("facts", {}).items()]
    return rows


def told(value: Any) -> str:
    """A fact on one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {told(one)}" for name, one in value.items())
    return ", ".join(map(told, value)) if isinstance(value, list) else str(value)
