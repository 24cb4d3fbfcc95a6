"""A real OPA server as the hub has it started: signed bundles only, one address open, nothing lost while books change."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from services.policy.bundle_key import BundleKey
from services.policy.opa import NOTHING, ServerEngine
from services.policy.opa_server import ServerFiles, write_server_files
from services.policy.ports import EngineFailed
from services.runtime.book import Book
from services.runtime.keys import KeyFolder
from tests.policy_world import context, hosted, profile, question, shipped_book
from tests.real.find import Server

ASKED = question(context(), profile())
POLLS = 3.5
"""Seconds in which a server that polls each second has surely looked at a new bundle."""


@dataclass
class Guarded:
    """A server, its files, and the hub's engine over it."""

    server: Server
    files: ServerFiles
    bundle: Path
    key: BundleKey
    engine: ServerEngine

    def leave(self, content: bytes) -> None:
        """Put a bundle in place as whoever can write the folder would."""
        scratch = self.bundle.with_suffix(".new")
        scratch.write_bytes(content)
        scratch.replace(self.bundle)

    def call(self, method: str, path: str, token: str | None = None, **more: Any) -> int:
        found = self.files.token if token is None else token
        headers = {"Authorization": f"Bearer {found}"} if found else {}
        return httpx2.request(
            method, f"{self.server.address}{path}", headers=headers, timeout=10, **more
        ).status_code


@pytest.fixture(scope="module")
def guarded(opa_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    bundle, key = folder / "hub/bundle.tar.gz", BundleKey(KeyFolder(folder / "keys"))
    files = write_server_files(folder / "opa", hosted(bundle), key)
    server = opa_server(*files.policies, arguments=tuple(files.arguments))
    engine = ServerEngine(server.address, bundle, key, 10.0, files.token)
    engine.prepare(shipped_book())
    yield Guarded(server, files, bundle, key, engine)
    engine.close()


def revised(number: int) -> Book:
    """The shipped book under another revision."""
    revision = f"{number:016x}"
    return replace(shipped_book(), revision=revision, data={**shipped_book().data, "revision": revision})


# --- What the hub's token opens ----------------------------------------------------------------------------

DATA = "/v1/data/mash/main/answer"
TABLES = "/v1/data/mash/tables/answer"
CLOSED: Mapping[str, tuple[str, str, Any]] = {
    "write data": ("PUT", "/v1/data/book", {"isas": {}}),
    "patch data": ("PATCH", "/v1/data/book", [{"op": "remove", "path": "/isas"}]),
    "delete data": ("DELETE", "/v1/data/book", None),
    "write policy": ("PUT", "/v1/policies/mine", None),
    "delete policy": ("DELETE", "/v1/policies/mash/rego/main/main.rego", None),
    "read policies": ("GET", "/v1/policies", None),
    "query": ("POST", "/v1/query", {"query": "data"}),
    "compile": ("POST", "/v1/compile", {"query": "data.mash.main.answer"}),
    "read data": ("GET", "/v1/data/book", None),
    "another rule": ("POST", "/v1/data/mash/main", {"input": {}}),
    "the authorisation itself": ("POST", "/v1/data/system/authz/allow", {"input": {}}),
    "config": ("GET", "/v1/config", None),
    "status": ("GET", "/v1/status", None),
    "metrics": ("GET", "/metrics", None),
    "an answer without strict errors": ("POST", DATA, {"input": dict(NOTHING)}),
    "a table without strict errors": ("POST", TABLES, {"input": {"name": "harm", "keys": []}}),
    "a table by reading": ("GET", f"{TABLES}?strict-builtin-errors=true", None),
    "another rule of the tables": ("POST", "/v1/data/mash/tables/decided", {"input": {}}),
    "an answer by reading": ("GET", f"{DATA}?strict-builtin-errors=true", None),
    "the root": ("POST", "/", {}),
}


@pytest.mark.parametrize("way", CLOSED)
def test_the_gateways_token_opens_nothing_else(guarded: Guarded, way: str) -> None:
    method, path, body = CLOSED[way]
    assert guarded.call(method, path, json=body) == 401
    assert guarded.engine.ready(shipped_book())


def test_the_answer_the_tables_and_health_are_open_to_the_token_and_to_nobody_else(guarded: Guarded) -> None:
    key = {"on": "2026-11-23"}
    open_to: Mapping[str, Any] = {DATA: ASKED, TABLES: {"name": "gateways_on_day", "keys": [key]}}
    assert guarded.call("GET", "/health") == 200
    for path, asked in open_to.items():
        address, body = f"{path}?strict-builtin-errors=true", {"input": asked}
        assert guarded.call("POST", address, json=body) == 200
        for token in ("", "another", guarded.files.token[:-1]):
            assert guarded.call("POST", address, token, json=body) == 401
            assert guarded.call("GET", "/health", token) == 401
    assert guarded.engine.tabulate(shipped_book(), "gateways_on_day", [key])["found"] != [None]


# --- Books change under callers ----------------------------------------------------------------------------


def test_books_change_under_concurrent_callers_and_not_one_answer_fails_or_is_undefined(
    guarded: Guarded,
) -> None:
    ended, wrong, seen = threading.Event(), list[str](), list[str]()

    def ask() -> None:
        while not ended.is_set():
            try:
                found = guarded.engine.ask(shipped_book(), ASKED)
            except EngineFailed as failed:
                wrong.append(str(failed))
                continue
            cells = found.get("cells") or [[]]
            if len(cells[0]) != len(ASKED["classes"]) or any("effect" not in cell for cell in cells[0]):
                wrong.append("a cell is missing")
            seen.append(found["revision"])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    took = []
    for number in (1, 2, 3):
        begun = time.monotonic()
        guarded.engine.prepare(revised(number))
        took.append(time.monotonic() - begun)
        time.sleep(0.3)
    guarded.engine.prepare(shipped_book())
    ended.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert {f"{number:016x}" for number in (1, 2, 3)} < set(seen)
    assert max(took) < ServerEngine.ACTIVATION, took


# --- Strict, quiet, and back after a kill ------------------------------------------------------------------


def test_an_error_of_a_built_in_is_no_answer_even_under_not(guarded: Guarded) -> None:
    failing = (
        'package mash.main\n\nanswer := {"revision": data.book.revision, "cells": []} if {\n'
        '\tinput.classes == []\n}\n\nelse := {"revision": data.book.revision, "cells": [[{"effect": "release"}]]} if {\n'
        "\tnot to_number(input.context.role) == 1\n}\n"
    )
    book = replace(revised(99), rego={"main/main.rego": failing})
    guarded.engine.prepare(book)
    with pytest.raises(EngineFailed):
        guarded.engine.ask(book, ASKED)
    guarded.engine.prepare(shipped_book())


def test_the_decision_log_says_nothing_of_what_was_asked(guarded: Guarded) -> None:
    guarded.engine.ask(shipped_book(), ASKED)
    if not hasattr(guarded.server, "log"):
        pytest.skip("the log of this server is not ours to read")
    ends = time.monotonic() + 10
    while not (
        told := [
            line for line in guarded.server.log() if line.get("type") == "openpolicyagent.org/decision_logs"
        ]
    ):
        assert time.monotonic() < ends
        time.sleep(0.2)
    assert not [line for line in told if "input" in line]
    assert [line for line in told if "/input" in str(line.get("erased"))]
    assert guarded.files.token not in json.dumps(guarded.server.log())


def test_a_killed_server_comes_back_under_the_book_that_the_hub_left(guarded: Guarded) -> None:
    guarded.server.kill()
    assert not guarded.engine.ready(shipped_book())
    guarded.server.start()
    ends = time.monotonic() + 20
    while not guarded.engine.ready(shipped_book()):
        assert time.monotonic() < ends
        time.sleep(0.05)
