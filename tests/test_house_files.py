"""The rules of the house about what stands in files: raw markup, registries' addresses, locks, targets, numbered records.

Each file is read as text; a breach names its file.
"""

import json
import re
import tomllib
from itertools import pairwise

import pytest

from tests.test_architecture import ROOT, files, name

# --- Pages -------------------------------------------------------------------------------------------------

HTML_PARAMETER = re.compile(
    r"""["'](\w*html)["']\s*:\s*([^,}\n]+)|\b(\w*html)\s*=\s*([^,)}\n]+)""", re.IGNORECASE
)
BLOCK = re.compile(r"{%-?\s*set\s+(\w+)\s*-?%}")


def raw_html(template: str) -> list[str]:
    """Values that a page would pass on as markup and that the template has not escaped itself.

    A macro prints its `html` parameters as they are. Safe are a literal of our own, and a name that a
    `{% set name %}` block of the same template filled, because what is put into a block is escaped there.
    """
    escaped = set(BLOCK.findall(template))
    values = [(match[1] or match[3]).strip() for match in HTML_PARAMETER.findall(template)]
    literal = re.compile(r"""^(["'])[^"'{~]*\1$""")
    unsafe = [value for value in values if value not in escaped and not literal.match(value)]
    return unsafe + re.findall(r"\|\s*safe\b|autoescape\s+false", template)


def test_no_page_prints_what_a_partner_wrote_as_markup() -> None:
    pages = [path for path in files("services") if path.suffix in {".html", ".svg", ".jinja"}]
    found = {name(path): raw_html(path.read_text(encoding="utf-8")) for path in pages}
    assert {path: values for path, values in found.items() if values} == {}


@pytest.mark.parametrize(
    ("template", "unsafe"),
    [
        ("{{ govukInsetText({'html': record.text}) }}", ["record.text"]),
        ("{{ govukWarningText({'iconFallbackText': 'W', 'titleHtml': name}) }}", ["name"]),
        ("{{ note.text | safe }}", ["| safe"]),
        ("{% set body %}{{ record.text }}{% endset %}{{ govukInsetText({'html': body}) }}", []),
        ("{{ govukInsetText({'html': '<b>Ours</b>'}) }}", []),
        ("{{ govukInsetText({'html': '<b>' ~ name}) }}", ["'<b>' ~ name"]),
    ],
)
def test_what_counts_as_raw_markup(template: str, unsafe: list[str]) -> None:
    assert raw_html(template) == unsafe


# --- What no file may hold ---------------------------------------------------------------------------------

# Written in pieces, so that this file does not hold them.
REGISTRIES = [
    r"\.".join(parts)
    for parts in (
        ("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs"), ("registry", "yarnpkg"),
        ("npmjs", "org"), ("maven", "org"), ("maven", "apache", "org/maven2"), ("proxy", "golang"),
        ("sum", "golang"), ("crates", "io"), ("deb", "debian"), ("security", "debian"),
    )
]  # fmt: skip
FORBIDDEN = {
    "the address of a package registry": re.compile("|".join(REGISTRIES)),
    "a path of one machine": re.compile(r"(?<![\w.:/-])/(?:root|work|Users|home/\w+)/[\w.]"),
}


def holds(text: str) -> list[str]:
    return [f"{what}: {found[0]}" for what, pattern in FORBIDDEN.items() if (found := pattern.search(text))]


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = {name(path): holds(path.read_text(encoding="utf-8", errors="replace")) for path in files()}
    assert len(found) > 50
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("index = https://py" + "pi.org/simple", True),
        ('path = "/' + 'root/.cache"', True),
        ("see https://example.org/work/plan", False),
        ("/home/", False),
    ],
)
def test_what_counts_as_such_an_address(text: str, caught: bool) -> None:
    assert bool(holds(text)) is caught


def test_locks_hold_hashes_and_no_addresses() -> None:
    locks = list(files(".ci/locks"))
    assert {"run.txt", "dev.txt", "kafka.txt", "java.txt", "go.txt", "node.txt", "uv.txt"} <= {
        p.name for p in locks
    }
    assert [name(path) for path in locks if re.search(r"https?:", path.read_text(encoding="utf-8"))] == []
    for path in locks:
        text = path.read_text(encoding="utf-8")
        assert (
            len(re.findall("sha256:[0-9a-f]{64}", text))
            >= len(re.findall(r"^[\w.-]+==", text, re.MULTILINE))
            > -1
        )


def test_the_npm_lock_holds_integrity_and_no_addresses() -> None:
    lock = json.loads((ROOT / "services/gateway/pages/assets/package-lock.json").read_text(encoding="utf-8"))
    packages = {path: about for path, about in lock["packages"].items() if path}
    assert packages
    assert [path for path, about in packages.items() if "resolved" in about or "integrity" not in about] == []


# --- The project itself ------------------------------------------------------------------------------------


def test_every_direct_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    direct = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    assert [one for one in direct if "==" not in one] == []


def test_the_makefile_has_at_most_ten_targets_and_each_has_its_sentence() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z][\w-]*):(?!=)(.*)$", text, re.MULTILINE)
    assert 5 < len(targets) <= 10
    assert [target for target, rest in targets if "## " not in rest] == []


def test_each_decision_record_is_numbered_once_and_the_same_in_name_and_heading() -> None:
    records = sorted((ROOT / "docs/adr").glob("*.md"))
    numbers = [int(path.name[:4]) for path in records]
    assert numbers[0] == 1
    assert all(later == earlier + 1 for earlier, later in pairwise(numbers))
    headings = [path.read_text(encoding="utf-8").splitlines()[0] for path in records]
    assert [heading.split(". ")[0] for heading in headings] == [f"# {number}" for number in numbers]
