"""The web set-up of every service: problems as messages, security headers, limits, request ids, access event.

Promise: no stack trace, no value of a person and no cause of a 503 leaves in an answer, a log line or a
metric; what nobody foresaw is a constant 500. Every answer carries the headers below, errors included.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from pydantic import BaseModel
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.contract import cases, people
from services.contract.problems import (
    BadInput,
    Conflict,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Problem,
    TooLarge,
    TooMany,
    Unavailable,
    Unreadable,
)
from services.runtime.logs import log, place_of
from services.runtime.problem_pages import FHIR_JSON, PROBLEM_JSON, as_json, as_outcome, prepare
from services.runtime.settings import Settings

Page = Callable[[Request, Problem], Response]
"""How a problem is shown to a person in a browser; set as `app.state.problem_page` by the pages."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_BY_STATUS: Mapping[int, type[Problem]] = {
    400: Unreadable,
    401: NotSignedIn,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    429: TooMany,
}


class Metrics:
    """Counters of one process. Labels: route template, status, reason; never a source or an organisation."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "mash_requests", "Requests answered", ("route", "status"), registry=self.registry
        )
        self.seconds = Histogram("mash_request_seconds", "Time to answer", ("route",), registry=self.registry)
        self.turned_away = Counter(
            "mash_turned_away",
            "Requests not authenticated or not parsed",
            ("reason",),
            registry=self.registry,
        )
        self.quorum_late = Gauge(
            "mash_ledger_quorum_late_seconds",
            "Longest that a log's checkpoint has stood without its quorum of witnesses; 0 where none is late",
            registry=self.registry,
        )

    def text(self) -> bytes:
        """The Prometheus text form."""
        return generate_latest(self.registry)


def make_app(settings: Settings, *, metrics: Metrics | None = None, **fastapi: Any) -> FastAPI:
    """A FastAPI app with everything of this module; `fastapi` goes to FastAPI itself (lifespan, …)."""
    app = FastAPI(title="MASH hub", docs_url=None, redoc_url=None, **fastapi)
    app.state.metrics = metrics or Metrics()
    app.state.unavailable = prepare(settings.support_telephone)
    app.state.problem_page = None
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http)
    limit = settings.max_body_mb * 1_000_000
    # Added inside out: the envelope is the outermost, so that even the limiter's answer has our headers.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=limit)
    app.add_middleware(Envelope, state=app.state, limit=limit)
    return app


def form_of(request: Request) -> str:
    """The form of a problem: `fhir` under /fhir or where asked for, `page` to a browser, else `json`."""
    accept = request.headers.get("accept", "")
    if request.url.path.startswith("/fhir") or "fhir+json" in accept:
        return "fhir"
    return "page" if "text/html" in accept else "json"


def tell(request: Request, problem: Problem) -> Response:
    """The answer for a problem, in the form that the request takes."""
    form, state = form_of(request), request.app.state
    if isinstance(problem, Unavailable):
        media, body, headers = state.unavailable.answer(form)
        return Response(body, 503, headers, media)
    if form == "page" and state.problem_page is not None:
        shown: Response = state.problem_page(request, problem)
        return shown
    headers = {"WWW-Authenticate": problem.challenge} if isinstance(problem, NotSignedIn) else {}
    if form == "fhir":
        return Response(as_outcome(problem), problem.status, headers, FHIR_JSON)
    return Response(as_json(problem), problem.status, headers, PROBLEM_JSON)


async def _problem(request: Request, error: Exception) -> Response:
    problem = cast(Problem, error)
    if problem.status in (400, 401, 413, 422):
        request.app.state.metrics.turned_away.labels(problem.kind).inc()
    if problem.status >= 500:
        log.error("problem", kind=problem.kind, place=place_of(problem), error=type(problem).__name__)
    return tell(request, problem)


async def _http(request: Request, error: Exception) -> Response:
    error = cast(HTTPException, error)
    problem = _BY_STATUS.get(error.status_code, BadInput)()
    answer = tell(request, problem)
    # 405 and its like keep their own status and their Allow header.
    answer.status_code = error.status_code
    answer.headers.update(error.headers or {})
    return answer


async def _not_valid(request: Request, error: Exception) -> Response:
    found = cast(RequestValidationError, error).errors()
    if any(one["type"] == "json_invalid" for one in found):
        return await _problem(request, Unreadable("the body is not JSON"))
    places = tuple(f"{_place(one['loc'])}: {one['msg']}" for one in found[:20])
    return await _problem(
        request, BadInput("some places are missing, unknown or not in their form", places=places)
    )


def _place(loc: tuple[int | str, ...]) -> str:
    """Where, in words of our own messages only: a sender's own member name may be a person's."""
    known = _words()
    return ".".join(str(part) if isinstance(part, int) or part in known else "?" for part in loc)


def _words() -> frozenset[str]:
    fields = (field for model in _models(BaseModel) for field in model.model_fields.items())
    return frozenset({"body", "query", "path", "header", "id"}).union(
        *({name, str(info.alias or name)} for name, info in fields)
    )


def _models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        if model.__module__ in (cases.__name__, people.__name__) or model.__module__.startswith("services."):
            yield model
        yield from _models(model)


class Envelope:
    """Outermost: request id, headers, access event, and a constant answer for what nobody foresaw."""

    def __init__(self, app: ASGIApp, state: Any, limit: int) -> None:
        self.app, self.state, self.limit = app, state, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        given = _uuid(Headers(scope=scope).get("x-request-id", ""))
        request_id = given or str(uuid.uuid4())

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                # The 503 is the same bytes for everybody: an id drawn by us would differ.
                _add_headers(message, request_id if status != 503 else given)
            await send(message)

        try:
            await self._answer(scope, receive, send_with_headers)
        except Exception as error:  # noqa: BLE001 - whatever it is, its words stay inside
            log.error("unforeseen", error=type(error).__name__, place=place_of(error), request_id=request_id)
            if not status:
                await tell(Request(scope), Problem())(scope, receive, send_with_headers)
        finally:
            self._count(scope, status, began, request_id)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "")
        if length.isdigit() and int(length) > self.limit:
            scope.setdefault("app", None)
            problem = TooLarge(f"this address takes at most {self.limit // 1_000_000} MB")
            await tell(Request(scope), problem)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _count(self, scope: Scope, status: int, began: float, request_id: str) -> None:
        took = time.perf_counter() - began
        # The template, never the path: an address may hold an id, or what somebody typed into it.
        route = str(getattr(scope.get("route"), "path", "(other)"))
        self.state.metrics.requests.labels(route, str(status)).inc()
        self.state.metrics.seconds.labels(route).observe(took)
        log.info(
            "request",
            method=scope["method"],
            route=route,
            status=status,
            ms=round(took * 1000, 1),
            request_id=request_id,
        )


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text)) if len(text) == 36 else ""
    except ValueError:
        return ""


def _add_headers(message: Message, request_id: str) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if request_id:
        headers["X-Request-ID"] = request_id


def make_ops(
    probes: Mapping[str, Callable[[], bool]],
    metrics: Metrics,
    details: Mapping[str, Callable[[], str]] = MappingProxyType({}),
) -> FastAPI:
    """The operators' app, for the loopback listener only: /health/live, /health/ready, /metrics.

    `probes` answer for each part whether it can work now (policy: under the expected revision); `details` say in words
    what an operator should know of a part, ready or not.
    """
    ops = FastAPI(title="MASH hub: operators", docs_url=None, redoc_url=None, openapi_url=None)

    @ops.get("/health/live")
    def live() -> dict[str, str]:
        return {"status": "live"}

    @ops.get("/health/ready")
    def ready() -> JSONResponse:
        parts = {name: _holds(probe) for name, probe in probes.items()}
        whole = all(parts.values())
        told = {name: words for name, tell in details.items() if (words := tell())}
        status = "ready" if whole else "not ready"
        more = {"details": told} if told else {}
        return JSONResponse({"status": status, "parts": parts, **more}, 200 if whole else 503)

    @ops.get("/metrics")
    def measures() -> Response:
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    return ops


def _holds(probe: Callable[[], bool]) -> bool:
    try:
        return probe()
    except Exception as error:  # noqa: BLE001 - a probe that fails is a part that is not ready
        log.warning("probe", error=type(error).__name__, place=place_of(error))
        return False
