"""No other site acts in a signed-in person's name (OWASP: Fetch Metadata, with Origin where a browser has
none).

Promise: an unsafe request that carries a session cookie passes only from the hub's own pages. Routes for
bearer tokens never read cookies, so there is nothing to forge there.
"""

from fastapi import Request
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from services.contract.problems import NotAllowed
from services.runtime.web import tell

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SameSite:
    """ASGI middleware; `origin` is the hub's own address."""

    def __init__(self, app: ASGIApp, cookie: str, origin: str) -> None:
        self.app, self.cookie, self.origin = app, cookie, origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in _SAFE and self._foreign(Headers(scope=scope)):
            problem = NotAllowed("this request did not come from one of the hub's own pages")
            await tell(Request(scope), problem)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _foreign(self, headers: Headers) -> bool:
        if self.cookie not in cookie_parser(headers.get("cookie", "")):
            return False
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site != "same-origin"
        return headers.get("origin") != self.origin
