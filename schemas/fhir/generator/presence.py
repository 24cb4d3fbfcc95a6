"""Turns those of HL7's invariants that speak of presence and of codes only into JSON Schema.

FHIRPath such as `data.empty() or contentType.exists()` (att-1) says only which members may stand together,
and JSON Schema can say that. Promise: an expression beyond this small grammar is refused whole (`Beyond`),
never half read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]

_TOKEN = re.compile(r"\s*('[^']*'|[A-Za-z]\w*|!=|[().|+=>]|\d+)")
_EQUALITY = {"=", "!="}


class Beyond(ValueError):
    """The expression needs more than presence and codes; it has to be checked in code, or not at all."""


@dataclass(frozen=True)
class Member:
    """How an element is present in JSON: under any of `names`.

    They are both forms of a primitive, or all types of a choice. `coded`: it is a required single code or
    boolean, so that it can be compared with a literal.
    """

    names: tuple[str, ...]
    coded: bool = False


def negate(schema: Schema) -> Schema:
    return schema["not"] if schema.keys() == {"not"} else {"not": schema}


def present(member: Member) -> Schema:
    either = [{"required": [name]} for name in member.names]
    return either[0] if len(either) == 1 else {"anyOf": either}


def translate(expression: str, members: Mapping[str, Member], root: str = "") -> Schema:
    """JSON Schema of an object for which `expression` holds; `root` is the type whose name may lead a path.

    Raises `Beyond`.
    """
    reader = _Reader(_tokens(expression), members, root)
    schema = reader.implication()
    if reader.tokens:
        raise Beyond(expression)
    return schema


def _tokens(expression: str) -> list[str]:
    found, place = [], 0
    while place < len(expression.rstrip()):
        match = _TOKEN.match(expression, place)
        if match is None:
            raise Beyond(expression)
        found.append(match[1])
        place = match.end()
    return found


@dataclass
class _Reader:
    """Recursive descent, loosest first: implies, or/xor, and, =/!=, a term (FHIRPath, section 6.8)."""

    tokens: list[str]
    members: Mapping[str, Member]
    root: str
    _last: str = field(default="")

    def take(self, *wanted: str) -> bool:
        if self.tokens and self.tokens[0] in wanted:
            self._last = self.tokens.pop(0)
            return True
        return False

    def expect(self, *wanted: str) -> None:
        for token in wanted:
            if not self.take(token):
                raise Beyond(token)

    def implication(self) -> Schema:
        left = self.disjunction()
        while self.take("implies"):
            left = {"anyOf": [negate(left), self.disjunction()]}
        return left

    def disjunction(self) -> Schema:
        left = self.conjunction()
        while self.take("or", "xor"):
            joint = "anyOf" if self._last == "or" else "oneOf"
            left = {joint: [left, self.conjunction()]}
        return left

    def conjunction(self) -> Schema:
        left = self.equality()
        while self.take("and"):
            left = {"allOf": [left, self.equality()]}
        return left

    def equality(self) -> Schema:
        left = self.term()
        if not self.take("=", "!="):
            return left
        unequal = self._last == "!="
        different = {"oneOf": [left, self.term()]}
        return different if unequal else negate(different)

    def term(self) -> Schema:
        if self.take("("):
            if "count" in self.tokens[:3]:
                return self.some()
            inner = self.implication()
            self.expect(")")
            return self.reversed(inner)
        return self.path()

    def some(self) -> Schema:
        """`a.count() + b.count()) > 0`, behind its bracket: one of them is there."""
        either: list[Schema] = []
        while not either or self.take("+"):
            either.append(present(self.member()))
            self.expect(".", "count", "(", ")")
        self.expect(")", ">", "0")
        return {"anyOf": either}

    def path(self) -> Schema:
        member = self.member()
        if self.take("."):
            if self.take("exists"):
                schema = present(member)
            elif self.take("empty"):
                schema = negate(present(member))
            else:
                raise Beyond(str(self.tokens))
            self.expect("(", ")")
            return self.reversed(schema)
        return self.comparison(member)

    def reversed(self, schema: Schema) -> Schema:
        while self.take("."):
            self.expect("not", "(", ")")
            schema = negate(schema)
        return schema

    def member(self) -> Member:
        name = self.tokens.pop(0) if self.tokens else ""
        if name == self.root and self.take("."):
            name = self.tokens.pop(0) if self.tokens else ""
        if name not in self.members:
            raise Beyond(name)
        return self.members[name]

    def comparison(self, member: Member) -> Schema:
        if not member.coded:
            raise Beyond(str(member.names))
        name = member.names[0]
        if self.take("in"):
            self.expect("(")
            values = [self.literal()]
            while self.take("|"):
                values.append(self.literal())
            self.expect(")")
        elif self.tokens and self.tokens[0] in _EQUALITY:
            unequal = self.tokens.pop(0) == "!="
            same: Schema = {"required": [name], "properties": {name: {"const": self.literal()}}}
            return negate(same) if unequal else same
        else:
            raise Beyond(name)
        return {"required": [name], "properties": {name: {"enum": values}}}

    def literal(self) -> str | bool:
        word = self.tokens.pop(0) if self.tokens else ""
        if word in ("true", "false"):
            return word == "true"
        if not word.startswith("'"):
            raise Beyond(word)
        return word[1:-1]
