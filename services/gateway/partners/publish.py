"""Publishing: stored unseen, entered in the hub's log, made visible, and only then answered; and reading
back.

Promise: nothing is visible without its entry; with the ledger down nothing becomes visible; the answer
never depends on what a record was linked to; a partner's numbers come out as they went in.
"""

from collections.abc import Sequence
from typing import Any

from services.contract.canonical import b64u, canonical, digest, emit, unb64u
from services.contract.problems import BadInput, NotAllowed, NotFound
from services.contract.publishing import Accepted, Put, Submission
from services.contract.releases import Asking, Draft
from services.gateway.access.bearer import Publisher
from services.gateway.parts import Parts, stamp
from services.runtime.problem_pages import Issue, outcome

HUB = "hub"
_FINDINGS = "urn:mash:cs:finding"


def source_of(parts: Parts, publisher: Publisher, named: str | None) -> str:
    """The source that the client publishes for; `named` (header Mash-Source) only where it has several."""
    if named is not None and named not in publisher.sources:
        raise NotAllowed("the client is not registered for the source that Mash-Source names")
    if named is None and len(publisher.sources) > 1:
        raise BadInput("the client is registered for several sources: say which by the header Mash-Source")
    if not publisher.sources:
        raise NotAllowed("the client is not registered for any source")
    source = parts.rules.source(named or publisher.sources[0])
    if source is None or source.organisation != publisher.organisation:
        raise NotAllowed("the source is not one of your organisation's")
    if source.mode == "live":
        raise NotAllowed("this source is asked when a question comes: it publishes nothing")
    return source.id


def publish(parts: Parts, publisher: Publisher, source: str, puts: tuple[Put, ...]) -> Accepted:
    """Store, enter, make visible.

    Raises `LedgerUnavailable` (nothing visible), `IndexUnavailable`, `BadInput`.
    """
    received = stamp(parts.now())
    accepted = parts.index.store_unseen(Submission(source, puts, publisher.client, received))
    _enter(parts, accepted, publisher.organisation, publisher.client_key)
    parts.index.make_visible(accepted.outbox)
    return accepted


def finish_unsent(parts: Parts) -> int:
    """Finish what an earlier run stored and did not make visible, under the same event id. How many there
    were.

    Raises `Unavailable`: the rest stays for the next start.
    """
    unsent = parts.index.unsent()
    for accepted in unsent:
        source = parts.rules.source(accepted.source)
        _enter(parts, accepted, source.organisation if source else HUB, "")
        parts.index.make_visible(accepted.outbox)
    return len(unsent)


def read_back(parts: Parts, publisher: Publisher, source: str, resource_type: str, id: str) -> bytes:
    """One's own current record, as it was published; the entry first. Raises `NotFound`, `Unavailable`."""
    publisher.may(resource_type, "r")
    resource = parts.index.read_back(source, resource_type, id)
    if resource is None:
        raise NotFound("your source has no current record with this id")
    body = emit(dict(resource))
    prepared = parts.ledger.prepare(())
    draft = Draft(
        log=publisher.organisation,
        kind="publish.readback",
        asking=Asking(publisher.organisation, "", publisher.client, publisher.client_key),
        event_id=prepared.event_id,
        body_bucket=1 << max(len(body) - 1, 0).bit_length(),
        body_digest=b64u(digest(prepared.body_salt + body)),
        facts={"source": source, "type": resource_type},
        opening=canonical(
            {"event_id": prepared.event_id, "subjects": [], "body_salt": b64u(prepared.body_salt)}
        ),
    )
    parts.ledger.append(draft)
    return body


def transaction_response(accepted: Accepted) -> dict[str, Any]:
    """The Bundle of type transaction-response: one entry for each of the request's, in its order."""
    entries: list[dict[str, Any]] = [
        {
            "response": {
                "status": "201 Created" if stored.created else "200 OK",
                "location": location(stored),
                "etag": etag(stored),
            }
        }
        for stored in accepted.stored
    ]
    if accepted.findings and entries:
        entries[0]["response"]["outcome"] = findings(accepted.findings)
    return {"resourceType": "Bundle", "type": "transaction-response", "entry": entries}


def findings(codes: Sequence[str]) -> dict[str, Any]:
    """What the publisher should know of its submission, whatever it was linked to."""
    return outcome(
        [Issue("informational", "", f"For your information: {code}", "information") for code in codes]
        or [Issue("informational", "", "Stored.", "information")]
    )


def location(stored: Any) -> str:
    """The relative address of a stored version."""
    return f"{stored.resource_type}/{stored.id}/_history/{stored.version}"


def etag(stored: Any) -> str:
    """Its entity tag (FHIR R4: weak, the version)."""
    return f'W/"{stored.version}"'


def _enter(parts: Parts, accepted: Accepted, organisation: str, client_key: str) -> None:
    types: dict[str, int] = {}
    for stored in accepted.stored:
        types[stored.resource_type] = types.get(stored.resource_type, 0) + 1
    parts.ledger.append(
        Draft(
            log=HUB,
            kind="publish.accepted",
            asking=Asking(organisation, "", accepted.client, client_key),
            event_id=accepted.event_id,
            facts={
                "source": accepted.source,
                "records": len(accepted.stored),
                "types": types,
                # In hexadecimal: a fact is one word, and base64url may begin with a hyphen.
                "digest": unb64u(accepted.digest).hex(),
            },
        )
    )
