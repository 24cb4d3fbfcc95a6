"""OPA's Wasm made ready to run: compiled for this machine once in a process, however many books are opened on it.

Promise: what runs was compiled by this process from exactly the bytes at hand, and nothing compiled is read from or written
to a file, so that nobody else's can take its place; books share machine code alone, each has an engine, a memory, data and
a clock of its own.

Compiling takes a third of a second of the processor: an auditor who replays years of decisions opens as many books on the same
rules, and a hub opens one at every edit of an ISA.
"""

from functools import lru_cache

import opapywasm.policy
import wasmtime
from opapywasm import OpaInvalidPolicyError, OpaWasmPolicy, PolicyConfig
from opapywasm.runtime import EpochTicker, WasmtimeRuntimeFactory


class _CompiledOnce(WasmtimeRuntimeFactory):
    """The library's own factory but for where the module comes from; the rest of it, its checks included, is the library's."""

    def __init__(self, wasm_bytes: bytes, *, max_memory_pages: int | None = None) -> None:
        self._max_memory_pages = max_memory_pages
        self._engine = _engine()
        try:
            self._module = wasmtime.Module.deserialize(self._engine, machine_code(wasm_bytes))
        except wasmtime.WasmtimeError as error:
            raise OpaInvalidPolicyError(f"invalid policy wasm: {error}") from error
        self._validate_required_env_imports()
        self._epoch = EpochTicker(self._engine)


# The library has no way to be given a factory; tests/unit/policy/test_compiled.py notices where it no longer looks here.
opapywasm.policy.WasmtimeRuntimeFactory = _CompiledOnce  # type: ignore[attr-defined, unused-ignore]


@lru_cache(maxsize=4)
def machine_code(wasm: bytes) -> bytearray:
    """What this processor runs for these bytes, as wasmtime writes it. Raises `WasmtimeError` where they are no Wasm."""
    return wasmtime.Module(_engine(), wasm).serialize()


def runnable(wasm: bytes, config: PolicyConfig) -> OpaWasmPolicy:
    """A policy over these bytes, without data yet. Raises `OpaInvalidPolicyError`."""
    return OpaWasmPolicy.from_wasm_bytes(wasm, config)


def _engine() -> wasmtime.Engine:
    # As the library sets it: a call that runs on is stopped by its clock.
    settings = wasmtime.Config()
    settings.epoch_interruption = True
    return wasmtime.Engine(settings)
