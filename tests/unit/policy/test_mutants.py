"""The mutants: each kind of mistake is made, once, and comments are left alone."""

from pathlib import Path

from services.policy.rego_parsed import parsed
from tests.mutation.mutants import mutants

RULE = """# METADATA
# description: Not key.own == true in any comment.
package mash.planted

default of(_) := false

of(key) := found if {
	key.own == true
	not key.role in {"A", "B"}
	found := {"effect": 3, "silent": false}
}

short(key) if key.role != "A"
"""


def made(folder: Path, opa: Path) -> dict[str, str]:
    path = folder / "rego/planted/planted.rego"
    path.parent.mkdir(parents=True)
    path.write_text(RULE, encoding="utf-8")
    (module,) = parsed(opa, folder)
    return {mutant.mistake: mutant.text for mutant in mutants(module, RULE)}


def test_each_kind_of_mistake_is_made(tmp_path: Path, opa_program: Path) -> None:
    found = made(tmp_path, opa_program)
    assert set(found) == {
        "`default of(_) := false` the other way round",
        "`==` is `!=` in `key.own == true`",
        "without `key.own == true`",
        'no `not` in `not key.role in {"A", "B"}`',
        'without `not key.role in {"A", "B"}`',
        '`{"A", "B"}` is empty',
        'no "A" in `{"A", "B"}`',
        'no "B" in `{"A", "B"}`',
        "effect 3 is 2",
        "silent false is true",
        'without `found := {"effect": 3, "silent": false}`',
        '`!=` is `==` in `short(key) if key.role != "A"`',
        '`key.role != "A"` is true',
    }
    assert "default of(_) := true\n" in found["`default of(_) := false` the other way round"]
    assert "\tkey.own == true\n" not in found["without `key.own == true`"]
    assert all(text.startswith(RULE[: RULE.index("default")]) for text in found.values())


def test_a_mutant_is_called_by_its_rule_whatever_its_line(tmp_path: Path, opa_program: Path) -> None:
    made(tmp_path, opa_program)
    (module,) = parsed(opa_program, tmp_path)
    names = {mutant.name for mutant in mutants(module, RULE)}
    assert "rego/planted/planted.rego of: without `key.own == true`" in names
    assert 'rego/planted/planted.rego short: `key.role != "A"` is true' in names
