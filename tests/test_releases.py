"""Every way out of the hub: each route and each outgoing client is on the closed list of impersonal ones, or releases
through the one function that decides, minimises, appends and answers.

A new route or client fails here until somebody says which it is.
"""

import ast
from collections.abc import Iterable
from pathlib import Path

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount

from tests.hub.world import a_world

ROOT = Path(__file__).resolve().parents[1]

IMPERSONAL = {
    "POST /oauth2/token": "a token about the asker, to the asker's own system",
    "GET /fhir/metadata": "what the hub offers",
    "GET /fhir/.well-known/smart-configuration": "where tokens are had",
    "GET /ledger/{log}/checkpoint": "a size and a root",
    "GET /ledger/logs": "which logs there are, and their sizes",
    "GET /ledger/books/{digest}": "policies: names signers, and no person of a record",
    "GET /cases": "cases as the asker's own side described them: nothing of a source or of the index",
    "GET /cases/{id}/asked": "what members asked for, in the words of answers that were entered, and what came of it by code",
    "GET /tasks": "kinds and times of what waits in one's own inbox: no person, record or case",
}
"""Routes that answer nothing that came from a source or from the index."""

THROUGH = {
    "POST /family-view": "services/gateway/ask.py",
    "POST /cases": "services/gateway/cases/open.py",
    "POST /cases/{id}/close": "services/gateway/cases/close.py",
    "POST /cases/{id}/evidence": "services/gateway/cases/evidence.py",
    "POST /cases/{id}/identities": "services/gateway/cases/identity.py",
    "POST /protections/{id}/review": "services/gateway/cases/protections.py",
    "POST /cases/{id}/approvals": "services/gateway/tasks/asking.py",
    "POST /cases/{id}/challenges": "services/gateway/tasks/asking.py",
    "POST /cases/{id}/advice": "services/gateway/tasks/asking.py",
    "GET /tasks/{id}": "services/gateway/tasks/opening.py",
    "POST /tasks/{id}/decide": "services/gateway/tasks/deciding.py",
    "POST /links/withdrawn": "services/gateway/links/withdrawing.py",
    "POST /reviews": "services/gateway/links/asking.py",
    "POST /protected/found": "services/gateway/protected/finding.py",
    "POST /counts": "services/gateway/counts/giving.py",
    "POST /cases/{id}/products": "services/gateway/cases/product.py",
    "POST /subject-requests": "services/gateway/cases/draft.py",
    "POST /fhir/Patient/$match": "services/gateway/people_search/finding.py",
    "POST /fhir/Patient/_search": "services/gateway/people_search/finding.py",
    "POST /fhir": "services/gateway/partners/publish.py",
    "POST /fhir/{type}": "services/gateway/partners/publish.py",
    "PUT /fhir/{type}/{id}": "services/gateway/partners/publish.py",
    "GET /fhir/{type}/{id}": "services/gateway/partners/publish.py",
    "GET /ledger/receipts/{id}": "services/gateway/receipts.py",
    "GET /ledger/{log}/tile/{path:path}": "services/gateway/receipts.py",
    "GET /ledger/{log}/records/{path:path}": "services/gateway/auditing.py",
    "GET /ledger/receipts/{id}/opening": "services/gateway/receipts.py",
}
"""Routes that release or enter, and the module that appends before it answers; tests/hub/test_no_bytes.py sends each of them
to a ledger that takes no entry, and compares every byte that comes back."""

PAGES = "services/gateway/pages/"
"""Pages render what the same modules give them; no page reaches the index or the policy (test below)."""

CLIENTS = {
    "services/index/sources/live.py": "asks a live source, after query.sent is durable (family_view.py, step 4)",
    "services/gateway/adapters/shared_ledger.py": "drafts of entries to the gateway that has the sequencer, sealed (test_shared)",
    "services/gateway/access/oidc.py": "the staff's own sign-in provider: no person of a record",
    "services/policy/opa.py": "profiles to the policy engine: no person (contract/decisions.py)",
    "services/ledger/store/kafka.py": "entries: roots, digests, codes and counts",
    "services/ledger/cosigning/peers.py": "checkpoints and hashes to witnesses: sizes and roots",
    "services/ledger/store/broker.py": "the broker's topics and settings",
    "services/ledger/doctor/right_checks.py": "what a user may do, tried on an empty topic",
    "services/ledger/doctor/topic_checks.py": "how the topics are set",
    "services/ledger/store/acls.py": "rights to the topics, given by an administrator",
}
"""Modules that send anything out of the process."""
_SENDERS = {
    "httpx2",
    "aiohttp",
    "requests",
    "kafka",
    "opa_client",
    "authlib.integrations.starlette_client",
    "urllib.request",
}


def test_every_route_is_known(tmp_path: Path) -> None:
    world = a_world(tmp_path, families=False)
    served = _served(world.running.app.routes)
    world.close()
    unknown = {
        route
        for route, where in served.items()
        if route not in IMPERSONAL | THROUGH and not where.startswith(PAGES)
    }
    assert not unknown
    assert not (set(IMPERSONAL) | set(THROUGH)) - set(served)


def _served(routes: Iterable[BaseRoute]) -> dict[str, str]:
    """Each route with the module that answers it, those of included routers too."""
    found: dict[str, str] = {}
    for route in routes:
        router = getattr(route, "original_router", None)
        if router is not None:
            found |= _served(router.routes)
        elif isinstance(route, APIRoute):
            where = str(Path(route.endpoint.__code__.co_filename).relative_to(ROOT))
            found |= {f"{method} {route.path}": where for method in route.methods or ()}
        elif isinstance(route, Mount):
            # A mount serves files of the pages' own folder.
            found[f"MOUNT {route.path}"] = (
                str(Path(str(getattr(route.app, "directory", ""))).relative_to(ROOT)) + "/"
            )
        elif getattr(route, "path", "") != "/openapi.json":
            found[str(getattr(route, "path", ""))] = "unknown"
    return found


def test_no_page_reaches_the_index_or_the_policy() -> None:
    for path in (ROOT / PAGES).rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for way in ("parts.index", "parts.policy", "index.", "policy."):
            assert way not in text, path


def test_every_outgoing_client_is_known() -> None:
    found = set()
    for path in (ROOT / "services").rglob("*.py"):
        where = str(path.relative_to(ROOT))
        if not where.startswith("services/cli/") and _imports(path) & _SENDERS:
            found.add(where)
    assert found == set(CLIENTS)


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, node.module.split(".")[0]}
        elif isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names} | {alias.name for alias in node.names}
    return names
