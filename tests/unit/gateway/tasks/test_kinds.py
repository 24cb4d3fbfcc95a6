"""Every task that the rules name is a word of the hub, with an inbox that somebody reads."""

import re

from services.contract.places import policies
from services.contract.vocabulary import code_list, codes

_IN_YAML, _IN_REGO = re.compile(r"\btask: ([a-z0-9-]+)"), re.compile(r'"tasks":\s*\[([^\]]*)\]')


def _named() -> set[str]:
    found = set()
    for path in policies().rglob("*"):
        if path.suffix == ".yaml":
            found |= set(_IN_YAML.findall(path.read_text(encoding="utf-8")))
        elif path.suffix == ".rego" and not path.stem.endswith("_test"):
            lists = _IN_REGO.findall(path.read_text(encoding="utf-8"))
            found |= {code for one in lists for code in re.findall(r'"([a-z0-9-]+)"', one)}
    # A story says `task: none` where nobody is to be given any.
    return found - {"none"}


def test_every_task_of_the_rules_is_a_word_of_the_hub() -> None:
    named = _named()
    assert {"owner-consider", "publisher-review"} <= named
    assert not named - set(codes("task-kinds"))


def test_every_kind_says_what_readers_of_it_need() -> None:
    words = {"title", "sentence", "next_step", "inbox", "answers", "owner", "silent", "of_case", "again"}
    for row in code_list("task-kinds").values():
        assert words <= set(row), row["code"]
        assert row["sentence"].endswith(".") and row["next_step"].endswith("."), row["code"]
