"""What the house adds to OPA's own checks of the Rego, over the parsed sources.

Promise: every finding has file, line and remedy; a rule that could fail open, read the clock or the world, or read another
input than it says is found before it decides anything.
"""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from services.policy.input_schema import members
from services.policy.rego_parsed import (
    Module,
    Part,
    annotations,
    called,
    declared,
    inside,
    line,
    parsed,
    references,
)  # fmt: skip
from services.runtime.book_files import Finding

INFALLIBLE = frozenset({
    "internal.member_2", "internal.member_3", "eq", "equal", "neq", "lt", "lte", "gt", "gte", "assign",
})  # fmt: skip
"""These cannot fail on any value, or are no built-ins at all: under `not` they are safe."""
OUTSIDE = ("time.", "opa.runtime", "rand.", "uuid.", "http.", "net.", "rego.parse_module", "providers.")
"""The clock, chance, and the world."""
OF_THE_INPUT = frozenset({"main", "keys", "tables"})
"""The packages that take the question apart; every other reads the key that they make."""
ELEMENTS = frozenset({"evidence_kind", "label", "agreed_word", "class", "labels_listed"})
"""Members of a key that stand for one element of a list of the question, or say that there was a list."""
KEY = "key"


def lint(opa: Path, folder: Path) -> list[Finding]:
    """Everything that is wrong with the Rego of a policy folder. Raises `CannotParse`."""
    modules = parsed(opa, folder)
    rules = [module for module in modules if not module.is_test]
    found = [
        *_tests_beside(modules),
        *(finding for module in rules for check in _CHECKS for finding in check(module, rules)),
    ]
    return sorted(set(found), key=lambda finding: (finding.file, finding.line, finding.what))


def _tests_beside(modules: Sequence[Module]) -> Iterator[Finding]:
    tests = {module.file: module for module in modules if module.is_test}
    for module in modules:
        if module.is_test:
            continue
        path = Path(module.file)
        if path.parent.name != path.stem or module.package != path.stem:
            yield Finding(
                module.file,
                1,
                f"a rule stands in its own folder and package: rego/NAME/NAME.rego, package mash.NAME; here {module.package}",
            )
        beside = tests.get(path.with_name(f"{path.stem}_test.rego").as_posix())
        if beside is None or not any(name.startswith("test_") for name in beside.rules):
            yield Finding(
                module.file,
                1,
                f"no test stands beside this rule; write {path.stem}_test.rego with rules test_…",
            )


# --- Failing open ------------------------------------------------------------------------------------------


def under_not(module: Module, modules: Sequence[Module]) -> Iterator[Finding]:
    """Built-ins that may fail under `not`, where a failure reads as true; those in rules that are named there too."""
    for negated in inside([module.document.get("rules", [])]):
        if not negated.get("negated"):
            continue
        for owner, part in reached(module, negated, modules):
            for steps, where in called(part):
                name = ".".join(steps)
                if not _own(owner, steps) and name not in INFALLIBLE:
                    place = (
                        ""
                        if (owner, part) == (module, negated)
                        else f" (by way of {owner.file} line {where})"
                    )
                    yield Finding(
                        module.file, line(negated),
                        f"{name} may fail{place}, and under `not` a failure counts as true; work it out first, "
                        "with a `default`, and negate that",
                    )  # fmt: skip


def reached(module: Module, part: Part, modules: Sequence[Module]) -> Iterator[tuple[Module, Part]]:
    """A part, and the clauses of every rule that it names, theirs too, in whatever package."""
    by_package = {each.package: each for each in modules}
    waiting: list[tuple[Module, Part]] = [(module, part)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        owner, here = waiting.pop()
        yield owner, here
        local = declared(here)
        for steps, _ in references(here):
            if str(steps[0]["value"]) in local:
                continue
            target, name = _names(owner, steps, by_package)
            if target is not None and (target.file, name) not in seen and name in target.rules:
                seen.add((target.file, name))
                waiting += [(target, clause) for clause in target.rules[name]]


def _names(
    owner: Module, steps: tuple[Part, ...], by_package: dict[str, Module]
) -> tuple[Module | None, str]:
    words = [str(step["value"]) for step in steps]
    if words[0] in owner.rules:
        return owner, words[0]
    path = [*owner.imported.get(words[0], (words[0],)), *words[1:]]
    if path[:2] == ["data", "mash"] and len(path) > 3:
        return by_package.get(path[2]), path[3]
    return None, ""


def _own(module: Module, steps: tuple[str, ...]) -> bool:
    return steps[0] in module.rules or steps[0] in module.imported or steps[:1] == ("data",)


# --- What a rule may read ----------------------------------------------------------------------------------


def outside(module: Module, _: Sequence[Module]) -> Iterator[Finding]:
    """No rule reads a clock, chance, or the world outside: a decision must come out the same again."""
    for steps, where in called(module.document.get("rules", [])):
        name = ".".join(steps)
        if not _own(module, steps) and name.startswith(OUTSIDE):
            yield Finding(
                module.file,
                where,
                f"{name} comes out otherwise each time; take what it would say as an input of the question",
            )


def inputs(module: Module, modules: Sequence[Module]) -> Iterator[Finding]:
    """A rule reads its key and the book, nothing else, and no other rule's findings."""
    factors = {each.package for each in modules if _custom(each, "factor")}
    for steps, where in references(module.document.get("rules", [])):
        words = [str(step["value"]) for step in steps]
        if words[0] == "input" and module.package not in OF_THE_INPUT:
            yield Finding(
                module.file,
                where,
                "a rule reads its key, not `input`; add the member to custom.reads and read key.MEMBER",
            )
        if words[0] == "data" and words[1:2] not in (["book"], ["mash"]):
            yield Finding(
                module.file, where, f"{'.'.join(words[:2])} is nothing of the book; rules read data.book"
            )
    for each in module.document.get("imports", []):
        path = [str(step["value"]) for step in each["path"]["value"]]
        read = path[2] if path[:2] == ["data", "mash"] and len(path) > 2 else ""
        if read in factors and module.package in factors:
            yield Finding(
                module.file,
                line(each),
                f"a rule takes away by itself and reads no other; {read} is one. Move what both read to groups",
            )


def reads(module: Module, modules: Sequence[Module]) -> Iterator[Finding]:
    """What METADATA says that a rule reads is what it reads."""
    for name, said in annotations(module):
        listed = said.get("custom", {}).get("reads")
        if listed is None or not name:
            continue
        read: dict[str, int] = {}
        for clause in module.rules[name]:
            for owner, part in reached(module, clause, modules):
                if owner is module:
                    read |= {member: read.get(member, where) for member, where in _members(part)}
        first = line(module.rules[name][0])
        for member in sorted(read.keys() - set(listed)):
            what = (
                f"{name} reads key.{member}"
                if member
                else f"{name} reads a member of the key by a computed name"
            )
            yield Finding(
                module.file,
                read[member],
                f"{what}, which its METADATA does not list under custom.reads; add it there",
            )
        for member in sorted(set(listed) - read.keys()):
            yield Finding(
                module.file,
                first,
                f"custom.reads of {name} lists {member}, which it does not read; take it out, the table is the smaller for it",
            )


def known(module: Module, modules: Sequence[Module]) -> Iterator[Finding]:
    """What METADATA lists under custom.reads exists: a member of context or profile, an element, or a group."""
    groups = {
        said["custom"]["group"]
        for each in modules
        for _, said in annotations(each)
        if "group" in said.get("custom", {})
    }
    words = members() | ELEMENTS | groups
    for name, said in annotations(module):
        for member in said.get("custom", {}).get("reads", []):
            if member not in words:
                near = get_close_matches(member, sorted(words), 1)
                meant = f" Did you mean {near[0]}?" if near else ""
                what = (
                    f"{name or 'the package'} reads {member}, which nothing of the question is called.{meant}"
                )
                yield Finding(module.file, int(said["location"]["row"]), what)


def _members(part: Part) -> Iterator[tuple[str, int]]:
    for steps, where in references(part):
        if steps[0].get("value") == KEY and len(steps) > 1:
            yield (str(steps[1]["value"]) if steps[1].get("type") == "string" else ""), where


def _custom(module: Module, member: str) -> bool:
    return any(member in said.get("custom", {}) for _, said in annotations(module))


# --- What it says of itself --------------------------------------------------------------------------------


def described(module: Module, modules: Sequence[Module]) -> Iterator[Finding]:
    """Each package, and each rule that another package reads, says what it is for."""
    told = {name for name, said in annotations(module) if said.get("description")}
    if "" not in told:
        yield Finding(
            module.file, 1, "the package says nothing of itself; put METADATA with a description above it"
        )
    by_package = {each.package: each for each in modules}
    public = {name for name, said in annotations(module) if said.get("entrypoint")}
    for other in modules:
        if other is not module:
            named = (
                _names(other, steps, by_package) for steps, _ in references(other.document.get("rules", []))
            )
            public |= {name for target, name in named if target is module and name in module.rules}
    for name in sorted(public - told):
        yield Finding(
            module.file,
            line(module.rules[name][0]),
            f"{name} is read by others and says nothing of itself; put METADATA with a description above it",
        )


_CHECKS = (under_not, outside, inputs, reads, known, described)
