"""Templates made into pages, and the files that pages load.

Promise: whatever a template prints is escaped; a page is never kept by a browser, and a file is kept for good because
its address changes with its content.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from starlette.responses import FileResponse, HTMLResponse, Response

from services.contract.problems import NotFound
from services.gateway.pages import words

HERE = Path(__file__).parent
STATIC = HERE / "static"
_FOREVER = "public, max-age=31536000, immutable"
_MEDIA = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json"}


@cache
def files() -> Mapping[str, Path]:
    """What may be served, by its path under `static`: a closed list, read once."""
    found = {
        path.relative_to(STATIC).as_posix(): path for path in sorted(STATIC.rglob("*")) if path.is_file()
    }
    return {name: path for name, path in found.items() if path.suffix in _MEDIA}


@cache
def prefix() -> str:
    """The address under which the files stand: it holds a digest of all of them."""
    digest = hashlib.sha256()
    for name, path in files().items():
        digest.update(name.encode() + b"\x00" + hashlib.sha256(path.read_bytes()).digest())
    return f"/static/{digest.hexdigest()[:16]}"


def static_file(version: str, name: str) -> Response:
    """One file. Raises `NotFound` for an old version too: its content is no longer that."""
    path = files().get(name)
    if path is None or not prefix().endswith("/" + version):
        raise NotFound("no such file")
    return FileResponse(path, media_type=_MEDIA[path.suffix], headers={"Cache-Control": _FOREVER})


@cache
def environment() -> Environment:
    """The templates, ours and those of GOV.UK Frontend."""
    theirs = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    found = Environment(
        loader=ChoiceLoader([FileSystemLoader(HERE / "templates"), theirs]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "day": words.day,
        "moment": words.moment,
        "when": words.when,
        "listed": words.listed,
        "first_up": words.first_up,
        "nhs_number": words.nhs_number,
    }
    found.globals["title_of"] = words.title
    found.globals["sentence_of"] = words.sentence
    return found


def page(template: str, status: int = 200, **model: Any) -> HTMLResponse:
    """The page; `Cache-Control: no-store` is put on by the web set-up, on everything."""
    text = environment().get_template(template).render(static=prefix(), **model)
    return HTMLResponse(text, status)
