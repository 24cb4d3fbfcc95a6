"""Scalars of YAML that every program reads alike, and what to mend where the parser stops.

Promise: text that some reader of YAML takes for true, false, nothing or a number is refused unless it stands in
quotes.
"""

import re
from typing import Any

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import ScalarNode

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,15})$")
_TRUTH_ELSEWHERE = re.compile(r"(yes|no|on|off|true|false|null)$", re.IGNORECASE)
_NUMBER_ELSEWHERE = re.compile(
    r"[-+]?(0[xob][0-9a-f_]+|[0-9]+(_[0-9]+)+|[0-9][0-9_]*(:[0-5]?[0-9])+|[0-9]*\.?[0-9]+e[-+]?[0-9]+"
    r"|[0-9]+\.[0-9]*|\.[0-9]+|\.inf|[0-9]+)$|\.nan$",
    re.IGNORECASE,
)
"""What some reader of YAML takes for true, false, nothing or a number, and ours for text."""
_REMEDIES = (
    ("\\t", "has a tab; indent with spaces"),
    ("mapping values are not allowed", "has a second ': ' in one line; put the text in quotes"),
    ("expected <block end>", "is indented otherwise than the lines above it, or a '-' or ':' is missing"),
    ("could not find expected ':'", "has a key without ': ' after it"),
    ("found undefined alias", "uses a name (*) that no & above it gives"),
    ("duplicate anchor", "gives one name (&) twice"),
    ("but found another document", "holds a second document after ---; keep one"),
    ("while parsing a flow", "has a bracket or a comma too few"),
    ("expected ',' or", "has a bracket or a comma too few"),
    ("found unexpected end of stream", "has a quote that is not closed"),
    (
        "cannot start any token",
        "begins a text with a sign that YAML keeps for itself; put the text in quotes",
    ),
)
"""What the parser says -> what to mend."""
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


def remedy(error: MarkedYAMLError) -> str:
    """What to mend, where the parser's words are known; else those."""
    said = f"{error.context or ''} {error.problem or ''}"
    return next((mend for part, mend in _REMEDIES if part in said), said.strip())


class Refused(Exception):
    """A file that is YAML and is not read: the line, and what to mend."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line, self.what = line, what


def read_otherwise(word: str) -> bool:
    """Whether some program takes the plain word for something else than text."""
    return bool(_TRUTH_ELSEWHERE.match(word) or _NUMBER_ELSEWHERE.match(word))


def scalar_of(node: ScalarNode) -> Any:
    """Text, a whole number, true, false or None. Raises `Refused`."""
    text = str(node.value)
    if node.style is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.match(text):
        return int(text)
    if _TRUTH_ELSEWHERE.match(text):
        raise Refused(
            node.start_mark.line + 1,
            f"'{text}' means true, false or nothing to some programs, text to others; write true or false, or put it in quotes",
        )
    if _NUMBER_ELSEWHERE.match(text):
        raise Refused(
            node.start_mark.line + 1,
            f"'{text}' is not a plain whole number, and some programs read it as another; write it plainly, or in quotes",
        )
    return text
