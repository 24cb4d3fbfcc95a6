"""The lint over the parsed rules: the shipped ones are clean, and each planted breach is found with line and remedy."""

import shutil
from pathlib import Path

import pytest

from services.contract.places import policies
from services.policy.lint import lint
from services.policy.rego_parsed import CannotParse

HEAD = "# METADATA\n# description: Planted.\npackage mash.planted\n\n"
TEST = "package mash.planted_test\n\nimport data.mash.planted\n\ntest_it if planted.of({}) == {}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rego").mkdir()
    return tmp_path


def planted(
    folder: Path, opa: Path, text: str, *, name: str = "planted", test: str | None = TEST
) -> list[str]:
    """What the lint says of one rule file; `text` stands below its head, from line 5."""
    below = folder / "rego" / name
    below.mkdir(exist_ok=True)
    (below / f"{name}.rego").write_text(HEAD.replace("planted", name) + text, encoding="utf-8")
    if test is not None:
        (below / f"{name}_test.rego").write_text(test, encoding="utf-8")
    return [str(finding) for finding in lint(opa, folder) if f"rego/{name}/" in finding.file]


def test_the_shipped_rules_are_clean(opa_program: Path) -> None:
    assert [str(finding) for finding in lint(opa_program, policies())] == []


def test_a_plain_rule_is_clean(folder: Path, opa_program: Path) -> None:
    text = "# METADATA\n# custom:\n#   factor: planted\n#   reads: [role]\nof(key) := {} if not key.role in data.book.roles\n"
    assert planted(folder, opa_program, text) == []


def test_a_rule_that_is_no_rego_is_said(folder: Path, opa_program: Path) -> None:
    with pytest.raises(CannotParse, match=r"planted\.rego"):
        planted(folder, opa_program, "of(key) := {\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            'of(key) := {} if not startswith(key.a, "x")\n',
            "planted.rego line 5: startswith may fail, and under `not` a failure counts as true",
            id="a built-in under not",
        ),
        pytest.param(
            "of(key) := {} if not deep(key)\n\ndeep(key) if to_number(key.a) > 1\n",
            "planted.rego line 5: to_number may fail (by way of rego/planted/planted.rego line 7)",
            id="a built-in in a function under not",
        ),
        pytest.param(
            "of(key) := {} if not count([1 | to_number(key.a)]) == 1\n",
            "line 5: count may fail",
            id="a built-in in a comprehension under not",
        ),
        pytest.param(
            "of(key) := {} if time.now_ns() > key.a\n",
            "line 5: time.now_ns comes out otherwise each time; take what it would say as an input",
            id="the clock",
        ),
        pytest.param(
            'of(key) := http.send({"method": "GET", "url": key.a})\n',
            "line 5: http.send comes out otherwise",
            id="the network",
        ),
        pytest.param(
            'of(key) := {} if rand.intn("x", key.a) > 1\n',
            "line 5: rand.intn comes out otherwise",
            id="chance",
        ),
        pytest.param(
            "of(_) := {} if input.context.role\n",
            "line 5: a rule reads its key, not `input`; add the member to custom.reads",
            id="the input itself",
        ),
        pytest.param(
            "of(_) := {} if data.elsewhere.role\n",
            "line 5: data.elsewhere is nothing of the book",
            id="data that is not the book's",
        ),
        pytest.param(
            "# METADATA\n# custom:\n#   reads: [role]\nof(key) := {} if {\n\tkey.role\n\tkey.purpose\n}\n",
            "line 10: of reads key.purpose, which its METADATA does not list under custom.reads; add it there",
            id="a member that is not listed",
        ),
        pytest.param(
            "# METADATA\n# custom:\n#   reads: [role]\nof(key) := inner(key)\n\ninner(key) := {} if key.role == key.own\n",
            "line 10: of reads key.own",
            id="a member that is read by way of a function",
        ),
        pytest.param(
            "# METADATA\n# custom:\n#   reads: [role, purpose]\nof(key) := {} if key.role\n",
            "line 8: custom.reads of of lists purpose, which it does not read; take it out",
            id="a member that is listed and not read",
        ),
        pytest.param(
            "# METADATA\n# custom:\n#   reads: [relationshp]\nof(key) := {} if key.relationshp\n",
            "line 5: of reads relationshp, which nothing of the question is called. Did you mean relationship?",
            id="a misspelt member",
        ),
        pytest.param(
            "# METADATA\n# custom:\n#   reads: [role]\nof(key) := {} if key[key.role]\n",
            "line 8: of reads a member of the key by a computed name",
            id="a member by a computed name",
        ),
    ],
)
def test_each_breach_is_found(folder: Path, opa_program: Path, text: str, said: str) -> None:
    found = planted(folder, opa_program, text)
    assert any(said in one for one in found), found


def test_a_built_in_in_another_package_under_not_is_found(folder: Path, opa_program: Path) -> None:
    planted(
        folder,
        opa_program,
        "# METADATA\n# description: Deep.\ndeep(key) if to_number(key.a) > 1\n",
        name="other",
    )
    text = "import data.mash.other\n\nof(key) := {} if not other.deep(key)\n"
    assert any("line 7: to_number may fail" in one for one in planted(folder, opa_program, text))


def test_a_rule_without_a_test_is_found(folder: Path, opa_program: Path) -> None:
    none = planted(folder, opa_program, "of(_) := {}\n", test=None)
    empty = planted(folder, opa_program, "of(_) := {}\n", test="package mash.planted_test\n\nhelper := 1\n")
    assert none == empty
    assert "line 1: no test stands beside this rule; write planted_test.rego" in none[0]


def test_a_rule_that_stands_elsewhere_is_found(folder: Path, opa_program: Path) -> None:
    planted(folder, opa_program, "of(_) := {}\n")
    shutil.move(folder / "rego/planted", folder / "rego/moved")
    assert "a rule stands in its own folder and package" in str(lint(opa_program, folder)[0])


def test_a_package_and_a_rule_that_others_read_say_what_they_are_for(folder: Path, opa_program: Path) -> None:
    planted(folder, opa_program, "named(_) := {}\n", name="other")
    planted(folder, opa_program, "import data.mash.other\n\nof(key) := other.named(key)\n")
    bare = folder / "rego/bare/bare.rego"
    bare.parent.mkdir()
    bare.write_text("package mash.bare\n\nof(_) := {}\n", encoding="utf-8")
    found = [str(finding) for finding in lint(opa_program, folder)]
    assert any(
        "rego/other/other.rego line 5: named is read by others and says nothing of itself" in one
        for one in found
    )
    assert any("rego/bare/bare.rego line 1: the package says nothing of itself" in one for one in found)


def test_a_rule_that_reads_another_rules_finding_is_found(folder: Path, opa_program: Path) -> None:
    factor = (
        "# METADATA\n# description: What it says.\n# custom:\n#   factor: {}\n#   reads: []\nof(_) := {{}}\n"
    )
    planted(folder, opa_program, factor.format("other"), name="other")
    found = planted(
        folder,
        opa_program,
        "import data.mash.other\n\n" + factor.format("planted") + "\nmore := other.of({})\n",
    )
    assert any("line 5: a rule takes away by itself and reads no other; other is one" in one for one in found)
