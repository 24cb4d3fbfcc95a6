"""Set-up keeps its word: locks in step with the project file, pages built from what a lock names."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.gateway.pages.assets import build

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the locks are made from, and the locks."""
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def check_locks(project: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / ".ci/lock"), "--check"]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def change(path: Path, pattern: str, replacement: str) -> None:
    text = path.read_text(encoding="utf-8")
    changed = re.sub(pattern, replacement, text, count=1)
    assert changed != text
    path.write_text(changed, encoding="utf-8")


def test_the_locks_are_in_step(project: Path) -> None:
    answer = check_locks(project)
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize(
    ("file", "pattern", "replacement", "says"),
    [
        ("pyproject.toml", r"orjson==[\d.]+", "orjson==9.9.9", "run.txt: orjson==9.9.9 is not pinned"),
        ("pyproject.toml", r'"ruff==[\d.]+",\n', "", "dev.txt: made from other requirements"),
        (".ci/lock", r"kafka_2.13:[\d.]+", "kafka_2.13:9.9.9", "kafka.txt: made from other requirements"),
        (
            ".ci/locks/run.txt",
            r"\n",
            "\n--index-url https://registry.example/simple\n",
            "run.txt: holds an address",
        ),
        (".ci/locks/run.txt", r"orjson==[\d.]+", "orjson==0.0.1", "is not pinned"),
    ],
)
def test_a_lock_out_of_step_is_named(
    project: Path, file: str, pattern: str, replacement: str, says: str
) -> None:
    change(project / file, pattern, replacement)
    answer = check_locks(project)
    assert answer.returncode == 1
    assert says in answer.stderr
    assert "Run: .venv/bin/python .ci/lock" in answer.stderr


def test_every_check_runs_and_one_that_fails_does_not_hide_the_next(project: Path) -> None:
    (project / ".ci/checks").write_text("one | true |\ntwo | echo why; false | true\nthree | true |\n")
    command = [sys.executable, str(project / ".ci/check")]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    lines = answer.stdout.splitlines()
    assert [line[:9].split() for line in lines if line.startswith(("ok", "FAIL"))] == [
        ["ok", "one"], ["FAIL", "two"], ["ok", "thr"]
    ]  # fmt: skip
    assert "why" in answer.stdout
    assert answer.returncode == 1
    assert subprocess.run([*command, "--fix"], check=False, capture_output=True).returncode == 0


# --- The pages' styles and scripts -------------------------------------------------------------------------


def test_what_is_built_is_current_and_says_where_it_is_from() -> None:
    assert build.is_current(build.BUILT), "run make setup"
    rows = json.loads((build.BUILT / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert {"app.css", "govuk-frontend.min.js", "moj-frontend.min.js"} <= {row["file"] for row in rows}
    assert {row["licence"] for row in rows} == {"MIT"}
    listed = {row["file"] for row in rows} | {"manifest.json"}
    assert {
        path.relative_to(build.BUILT).as_posix() for path in build.BUILT.rglob("*") if path.is_file()
    } == listed


def test_a_file_that_was_changed_is_not_current(tmp_path: Path) -> None:
    shutil.copytree(build.BUILT, tmp_path / "built")
    assert build.is_current(tmp_path / "built")
    (tmp_path / "built/app.css").write_text("body { color: red }")
    assert not build.is_current(tmp_path / "built")


def test_every_picture_that_the_styles_name_is_there() -> None:
    css = (build.BUILT / "app.css").read_text(encoding="utf-8")
    named = set(re.findall(r"url\(['\"]?(?!data:)([^)'\"]+)", css))
    assert named
    assert [name for name in named if not (build.BUILT / name).is_file()] == []


@pytest.mark.parametrize(
    "css",
    [
        'p{font-family:"GDS Transport",arial}',
        "@font-face{font-family:x}",
        'p{background:url("https://assets.example/x.png")}',
        "p{background:url(//assets.example/x.png)}",
        '@import "https://fonts.example/x.css"',
        'p{background:url("images/govuk-crest.svg")}',
    ],
)
def test_a_font_a_crest_or_an_address_that_we_may_not_use_ends_the_build(css: str) -> None:
    with pytest.raises(build.CannotBuild):
        build.refuse_strangers(css)


def test_an_old_node_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = (["wheel-node"], ["wheel-npm"])
    monkeypatch.setattr(shutil, "which", lambda name: f"bin-{name}")
    monkeypatch.setattr(build, "node_wheel", lambda: wheel)
    for node, npm, taken in (((20, 19), (9, 0), False), ((18, 20), (10, 8), True), ((22, 1), (8, 19), True)):
        versions = {"bin-node": node, "bin-npm": npm}
        monkeypatch.setattr(build, "version", lambda command, known=versions: known[command[0]])
        assert build.node_and_npm() == (wheel if taken else (["bin-node"], ["bin-npm"]))
