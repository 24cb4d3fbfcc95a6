"""The rules of the house, kept by tests: who imports whom, how long, how named; what files may hold is in test_house_files.py.

Indirect imports are import-linter's (pyproject.toml, `make check`); here each file is read by itself, so a
breach names its line.
"""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PRUNED = {
    ".git", ".venv", "__pycache__", "node_modules", "built", "shipped", ".mypy_cache", ".ruff_cache",
    ".pytest_cache", ".hypothesis", "home", "demo-home", "dist", "build",
}  # fmt: skip
TEXT = {
    ".py", ".md", ".toml", ".txt", ".json", ".yaml", ".yml", ".rego", ".html", ".css", ".scss", ".js", ".svg",
    ".sql", ".cfg", ".ini", ".sh", "",
}  # fmt: skip

# Both are closed: a file more is a decision, so it comes with a record under docs/adr.
CONTRACT = {
    "__init__", "about", "canonical", "cases", "decisions", "directory", "merkle", "people", "places", "problems",
    "publishing", "releases", "reviews", "views", "vocabulary",
}  # fmt: skip
RUNTIME = {
    "__init__", "book", "book_checks", "book_data", "book_files", "book_read", "book_schemas", "fhir", "fhir_faults",
    "fhir_invariants", "fhir_rules", "keys", "logs", "note", "paper_checks", "paper_schemas", "problem_pages",
    "schema_parts", "settings", "web", "yaml_nodes", "yaml_scalars",
}  # fmt: skip
SERVICES = {"gateway", "index", "policy", "ledger"}
LAYER = {"contract": 0, "runtime": 1, **dict.fromkeys(SERVICES, 2), "wiring": 3, "cli": 4}
# Canonical bytes are orjson's where RFC 8785 and it agree, which a property test keeps.
CONTRACT_MAY_IMPORT = {"pydantic", "pydantic_core", "rfc8785", "orjson", "services"}
HTTP_CLIENTS = {"httpx2", "httpx", "requests", "aiohttp", "urllib3", "http.client", "urllib.request"}
MAY_CALL_OUT = (
    "services/gateway/adapters/",
    "services/gateway/access/",
    "services/index/sources/",
    "services/ledger/cosigning/peers.py",
    "services/cli/",
)
AUDITORS = ("services/ledger/verify.py",)
NOT_FOR_AUDITORS = {
    "fastapi", "starlette", "uvicorn", "sqlalchemy", "sqlmodel", "psycopg", "kafka", "httpx2",
    "services.ledger.store", "services.runtime.web",
}  # fmt: skip
VAGUE = {
    "util",
    "utils",
    "helper",
    "helpers",
    "manager",
    "managers",
    "service",
    "common",
    "misc",
    "kit",
    "stuff",
}


def files(*folders: str) -> Iterator[Path]:
    """Every text file of ours under `folders`, or of the whole repository."""
    for top in [ROOT / folder for folder in folders] or [ROOT]:
        if top.is_file():
            yield top
            continue
        for path in sorted(top.iterdir()) if top.is_dir() else ():
            if path.is_dir() and path.name not in PRUNED and not path.is_symlink():
                yield from files(str(path.relative_to(ROOT)))
            elif path.is_file() and path.suffix in TEXT and path.name not in PRUNED:
                yield path


def python(*folders: str) -> list[Path]:
    return [path for path in files(*folders) if path.suffix == ".py"]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of whatever `path` imports, late imports included."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def within(module: str, names: set[str]) -> bool:
    return any(module == one or module.startswith(f"{one}.") for one in names)


def room(module: str) -> str:
    """`gateway` for `services.gateway.pages.home` and for `services/gateway/pages/home.py`."""
    return [*re.split(r"[./]", module), ""][1]


# --- Who imports whom --------------------------------------------------------------------------------------


def upward(path: Path) -> list[str]:
    """Imports of `path` that go up a layer, or sideways to another service."""
    own = room(name(path))
    found = []
    for line, module in imports(path):
        other = room(module)
        if not module.startswith("services.") or other not in LAYER or own not in LAYER or other == own:
            continue
        if LAYER[other] >= LAYER[own]:
            found.append(f"{name(path)}:{line} imports {module}")
    return found


def test_imports_go_down_only_and_the_four_services_never_import_each_other() -> None:
    paths = python("services")
    assert len(paths) > 20
    assert [breach for path in paths for breach in upward(path)] == []


def test_the_contract_imports_nothing_that_does_input_or_output() -> None:
    allowed = CONTRACT_MAY_IMPORT | sys.stdlib_module_names
    assert [
        f"{name(path)}:{line} imports {module}"
        for path in python("services/contract")
        for line, module in imports(path)
        if module.split(".")[0] not in allowed or module.split(".")[0] in {"socket", "sqlite3", "subprocess"}
    ] == []


@pytest.mark.parametrize(("folder", "closed"), [("contract", CONTRACT), ("runtime", RUNTIME)])
def test_a_file_more_in_a_shared_package_is_a_decision(folder: str, closed: set[str]) -> None:
    assert {path.stem for path in python(f"services/{folder}")} == closed


def test_an_auditor_needs_files_and_public_keys_only() -> None:
    for auditor in AUDITORS:
        taken = [
            f"{line}: {module}"
            for line, module in imports(ROOT / auditor)
            if within(module, NOT_FOR_AUDITORS)
        ]
        assert taken == [], auditor


def test_only_these_folders_call_out_over_http() -> None:
    assert [
        f"{name(path)}:{line} imports {module}"
        for path in python("services")
        if not name(path).startswith(MAY_CALL_OUT)
        for line, module in imports(path)
        if within(module, HTTP_CLIENTS)
    ] == []


def test_nothing_imports_the_tests() -> None:
    assert [
        name(path) for path in python("services") if any(room(f".{m}") == "tests" for _, m in imports(path))
    ] == []


def _circle(graph: dict[str, set[str]]) -> list[str]:
    """The first circle of a graph, as the way round it; empty where there is none."""
    done: set[str] = set()

    def walk(node: str, way: list[str]) -> list[str]:
        if node in way:
            return [*way[way.index(node) :], node]
        if node in done:
            return []
        for other in sorted(graph.get(node, ())):
            if found := walk(other, [*way, node]):
                return found
        done.add(node)
        return []

    return next((found for node in sorted(graph) if (found := walk(node, []))), [])


def test_no_file_reaches_itself_not_even_for_a_type() -> None:
    """A circle that is closed by an import for types only is one for the reader all the same."""
    known = {name(path).removesuffix(".py").replace("/", "."): path for path in python("services")}
    graph = {
        module: {
            target
            for _, imported in imports(path)
            for target in (imported, imported.rpartition(".")[0])
            if target in known and target != module
        }
        for module, path in known.items()
    }
    assert _circle(graph) == []
    assert _circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]


# --- Sizes, names, docstrings ------------------------------------------------------------------------------


def lengths(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name(path)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1


@pytest.mark.parametrize(("folder", "limit"), [("services", 300), ("benchmarks", 300), ("tests", 500)])
def test_files_are_short(folder: str, limit: int) -> None:
    counted = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python(folder)}
    assert {path: lines for path, lines in counted.items() if lines > limit} == {}


@pytest.mark.parametrize(("folder", "limit"), [("services", 40), ("benchmarks", 40), ("tests", 60)])
def test_functions_are_short(folder: str, limit: int) -> None:
    # A migration lists tables; it is written once and never changed.
    paths = [path for path in python(folder) if "/migrations/versions/" not in name(path)]
    counted = dict(one for path in paths for one in lengths(path))
    assert {function: lines for function, lines in counted.items() if lines > limit} == {}


def test_files_are_named_after_their_job() -> None:
    paths = [*files("services"), *files("tests"), *files("policies"), *files("benchmarks")]
    words = {path: set(re.split(r"[_\W]+", path.stem.lower())) for path in paths}
    assert [name(path) for path, found in words.items() if found & VAGUE] == []


def test_every_module_says_its_job() -> None:
    modules = [(path, parsed(path)) for path in python("services")]
    silent = [name(path) for path, module in modules if module.body and not ast.get_docstring(module)]
    assert silent == []


# --- These rules catch what they say -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "line", "breaches"),
    [
        ("services/gateway/x.py", "from services.index.find import find", 1),
        ("services/gateway/x.py", "from services.contract.people import Person", 0),
        ("services/contract/x.py", "import services.runtime.web", 1),
        ("services/runtime/x.py", "def f():\n    from services.cli import main", 1),
        ("services/wiring.py", "from services.ledger import open", 0),
        ("services/ledger/x.py", "from services import policy", 1),
    ],
)
def test_an_import_upward_or_sideways_is_caught(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str, line: str, breaches: int
) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    path.write_text(line)
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    assert len(upward(path)) == breaches
