"""Every word for what is missing is in the list, with a sentence and whom to ask; and the list has no word that nobody says."""

import re

from services.contract.places import policies
from services.contract.vocabulary import code_list

SAID = re.compile(r'"missing": \[([^\]]+)\]|(?:true|false): \[([^\]]+)\]')


def said_by_the_rules() -> set[str]:
    found: set[str] = set()
    for path in sorted((policies() / "rego").rglob("*.rego")):
        if not path.name.endswith("_test.rego"):
            for match in SAID.finditer(path.read_text(encoding="utf-8")):
                found |= set(re.findall(r'"([a-z0-9-]+)"', match[1] or match[2]))
    return found


def test_what_is_missing_is_said_by_words_of_the_list_and_by_all_of_them() -> None:
    of_paper = {word for row in code_list("paper-defects").values() for word in row["missing"]}
    assert {"owner-approval", "ground", "agreement", "perceived-risk"} <= said_by_the_rules()
    assert said_by_the_rules() | of_paper == set(code_list("missing"))


def test_each_has_a_sentence_and_whom_to_ask() -> None:
    for code, row in code_list("missing").items():
        assert row["sentence"].endswith("."), code
        assert row["who_can_change"], code


def test_each_defect_has_a_reason_that_is_one() -> None:
    assert {row["reason"] for row in code_list("paper-defects").values()} <= set(code_list("reasons"))
