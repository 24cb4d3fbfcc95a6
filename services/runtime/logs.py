"""The hub's own log: one JSON object a line, of named events and a closed list of fields.

Promise: nothing of a person reaches a log. A field that is not on the list is dropped, so is a value that is
not a number or a short plain word; of what libraries say, their name and place in the code are kept only.
"""

import logging
import logging.handlers
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import orjson
import structlog

from services.contract.problems import BadSetting
from services.runtime.settings import Settings

FIELDS = frozenset(
    """event level time request_id method route status ms kind reason error place part revision digest
    count mode port host log outcome library step""".split()  # noqa: SIM905
)
"""Every field that a line may have."""
_PLAIN = re.compile(r"^[A-Za-z0-9_.:/{}()\[\]+, *-]{0,200}$")
_LINES = "mash.lines"
_BYTES, _FILES = 10_000_000, 5


def _only_listed(_: Any, __: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in line.items() if name in FIELDS and _is_plain(value)}


def _is_plain(value: object) -> bool:
    return isinstance(value, bool | int | float) or (isinstance(value, str) and bool(_PLAIN.match(value)))


def _as_text(_: Any, __: str, line: MutableMapping[str, Any]) -> str:
    return orjson.dumps(line, option=orjson.OPT_SORT_KEYS).decode()


structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _only_listed,
        _as_text,
    ],
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    logger_factory=lambda *_: logging.getLogger(_LINES),
    cache_logger_on_first_use=True,
)
log = structlog.get_logger()
"""The hub's logger: `log.info("event-name", field=…)`, fields from FIELDS."""


def place_of(error: BaseException) -> str:
    """Where an exception arose: the innermost frame of our own code, `module:line`. Never its message."""
    place, trace = "", error.__traceback__
    while trace:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.startswith("services.") or not place:
            place = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


class _Libraries(logging.Handler):
    """Says that a library spoke, where and how loudly; its words may hold a value, so they are left out."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == _LINES:
            return
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        log.warning("library", library=record.name, place=f"{record.module}:{record.lineno}", error=error)


def open_logs(settings: Settings, *, to_stderr: bool = False) -> None:
    """Log to MASH_HOME/logs/hub.log (rotated at 10 MB, five kept) or to stderr. Raises `BadSetting`."""
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if not to_stderr:
        folder = settings.home / "logs"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handler = logging.handlers.RotatingFileHandler(
                folder / "hub.log", maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8"
            )
        except OSError as error:
            raise BadSetting(f"MASH_HOME: cannot write logs there ({error.strerror})") from None
    handler.setFormatter(logging.Formatter("%(message)s"))
    lines = logging.getLogger(_LINES)
    for old in lines.handlers[:]:
        lines.removeHandler(old)
        old.close()
    lines.addHandler(handler)
    lines.setLevel(logging.INFO)
    lines.propagate = False
    root = logging.getLogger()
    root.handlers[:] = [_Libraries(level=logging.WARNING)]
    # uvicorn's own access log has addresses of people and whole URLs; ours has route templates.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"
