"""The address at which an OPA server fetches the hub's newest bundle, on the operators' listener.

Promise: what is given is the signed file as it stands, whole; a server that has it already is told so and loads nothing.
A server that fetches verifies each bundle; one that watches a file does not verify what it reads again.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.contract.canonical import digest

RESOURCE = "policy/bundle.tar.gz"
_GZIP = "application/gzip"


def bundle_route(bundle: Path) -> Route:
    """`GET /policy/bundle.tar.gz`, with an ETag that is the file's digest; 404 before there is one."""

    def fetched(request: Request) -> Response:
        try:
            content = bundle.read_bytes()
        except OSError:
            return Response(status_code=404)
        tag = f'"{digest(content).hex()}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        return Response(content, media_type=_GZIP, headers={"ETag": tag})

    return Route(f"/{RESOURCE}", fetched)
