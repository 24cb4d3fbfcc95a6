"""The embedded engine: the same Rego, compiled by OPA to WebAssembly, evaluated in this process.

Promise: it decides only with the Wasm that was built from the very sources of the book (digest compared at
each load), each answer under one book's data, in a bounded time; a call that fails leaves nothing behind
that could answer the next one.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from opapywasm import UNDEFINED, OpaWasmPolicy, PolicyConfig

from services.contract.problems import BadSetting
from services.policy.build import ENTRYPOINT, TABLES, read_built
from services.policy.compiled import runnable
from services.policy.ports import EngineFailed
from services.runtime.book import Book

# It says at each load that the rules want more memory than the least; nobody need act on that.
logging.getLogger("opapywasm").setLevel(logging.ERROR)
KEPT = 3
"""Books for which an instance is kept: in force, the one before, and one that is coming."""


class EmbeddedEngine:
    """Engine over `built/policy.wasm`. `wait` is the longest that one evaluation may take, in seconds."""

    def __init__(self, built: Path, wait: float) -> None:
        self._built, self._wait = built, wait
        self._loaded: dict[str, OpaWasmPolicy] = {}
        self._lock = threading.Lock()

    def rehearse(self, book: Book) -> None:
        """The same as `prepare`: whoever asks under another book is answered under that one."""
        self.prepare(book)

    def prepare(self, book: Book) -> None:
        """Load the Wasm with the book's data. Raises `BadSetting` where it was built from other sources."""
        with self._lock:
            if book.revision in self._loaded:
                return
            wasm, manifest = read_built(self._built)
            if manifest.source_digest != book.rules_digest:
                raise BadSetting("policies/rego has changed since it was compiled; run: mash policy build")
            policy = runnable(wasm, _config(self._wait))
            policy.set_data({"book": dict(book.data)})
            self._loaded[book.revision] = policy
            while len(self._loaded) > KEPT:
                self._loaded.pop(next(iter(self._loaded))).close()

    def ask(self, book: Book, question: Mapping[str, Any]) -> Any:
        """The answer, under exactly this book."""
        return self._evaluate(book, ENTRYPOINT, question)

    def tabulate(self, book: Book, name: str, keys: Sequence[Mapping[str, Any]]) -> Any:
        """One factor or group for many keys (`data.mash.tables.answer`)."""
        return self._evaluate(book, TABLES, {"name": name, "keys": keys})

    def _evaluate(self, book: Book, entrypoint: str, document: Mapping[str, Any]) -> Any:
        try:
            if book.revision not in self._loaded:
                self.prepare(book)
            answer = self._loaded[book.revision].evaluate(orjson.dumps(document), entrypoint)
        except Exception as error:  # noqa: BLE001 - whatever broke, nothing is released
            raise EngineFailed(type(error).__name__) from None
        if answer is UNDEFINED:
            raise EngineFailed("Undefined")
        return answer

    def ready(self, book: Book) -> bool:
        """Whether an empty question is answered under this book."""
        with suppress(EngineFailed):
            answer = self.ask(book, {"context": {}, "profiles": [], "classes": []})
            return bool(answer.get("revision") == book.revision)
        return False

    def close(self) -> None:
        """Free every instance."""
        with self._lock:
            while self._loaded:
                self._loaded.popitem()[1].close()


def _config(wait: float) -> PolicyConfig:
    return PolicyConfig(
        pool_size=4,
        borrow_timeout_seconds=wait,
        eval_timeout_seconds=wait,
        max_input_bytes=8_000_000,
        max_result_bytes=32_000_000,
        # Our own JSON, just written.
        parse_raw_json_input=False,
        max_memory_pages=4096,
    )
