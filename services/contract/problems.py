"""Breakage, as a person meets it: what happened, and what to do next. A refusal is no problem, it is a value (decisions).

Promise: a problem carries no personal value. Each class fixes status, title and next step; `detail` says which place.
Rendered by `runtime/web.py` as problem+json (RFC 9457), as FHIR OperationOutcome, or as a page.
"""

from typing import ClassVar


class Problem(Exception):
    """Something that broke. `detail` names the place in a message and the remedy, and never echoes a value."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "The hub could not do this"
    next_step: ClassVar[str] = "Try again. If it happens again, ring the hub's support line."
    kind: ClassVar[str] = "breakage"

    def __init__(self, detail: str = "", *, places: tuple[str, ...] = (), next_step: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.places = places
        self.step = next_step or self.next_step


class BadInput(Problem):
    """The message cannot be read, or says something impossible."""

    status, kind = 422, "bad-input"
    title = "The request is not right"
    next_step = "Mend the places named and send it again. Nothing was stored or released."


class Unreadable(BadInput):
    """Not JSON, or not the form that the address takes."""

    status, kind = 400, "unreadable"
    title = "The request cannot be read"


class TooLarge(BadInput):
    """More bytes than the address takes."""

    status, kind = 413, "too-large"
    title = "The request is too large"
    next_step = "Send it in smaller parts. Nothing was stored or released."


class NotSignedIn(Problem):
    """No token or session, or one that does not hold."""

    status, kind = 401, "not-signed-in"
    title = "Sign in first"
    next_step = "Sign in again, or ask for a new token."
    challenge: ClassVar[str] = "Bearer"
    """The `WWW-Authenticate` header of the answer."""


class SignInAgain(NotSignedIn):
    """Signed in, but not just now: this act needs a proof of minutes ago (RFC 9470, step-up authentication)."""

    kind = "sign-in-again"
    title = "Sign in again first"
    next_step = (
        "Sign in again now. A partner's system asks for a new token with the auth_time of that sign-in, "
        "no older than 5 minutes."
    )
    challenge = 'Bearer error="insufficient_user_authentication", max_age="300"'


class NotAllowed(Problem):
    """Signed in, but this person or system may not use this address. (What a person may not *see* is a refusal, a value.)"""

    status, kind = 403, "not-allowed"
    title = "This is not open to you"
    next_step = "Ask your organisation's IG lead what your role and your system are registered for."


class NotFound(Problem):
    """No such thing, or none that the asker may know of: the two answer alike."""

    status, kind = 404, "not-found"
    title = "There is no such page or record"
    next_step = "Check the address."


class Conflict(Problem):
    """The thing is not in the state that the request takes for granted."""

    status, kind = 409, "conflict"
    title = "This has changed meanwhile"
    next_step = "Read it again and decide afresh."


class KeyTaken(Conflict):
    """Another entry stands under the idempotency key of this one, which was therefore not appended."""

    kind = "idempotency-key-taken"


class TooMany(Problem):
    """More requests than one person or system may send."""

    status, kind = 429, "too-many"
    title = "Too many requests"
    next_step = "Wait a few minutes and try again."


class Unavailable(Problem):
    """Policy or ledger cannot answer. Every route that releases answers the same constant body (runtime/web.py)."""

    status, kind = 503, "unavailable"
    title = "Nothing can be shown at the moment"
    next_step = "Ring the agencies. If a child or an adult is in danger now, ring 999."


class PolicyUnavailable(Unavailable):
    """The policy engine did not give a whole answer under an accepted revision."""

    kind = "policy-unavailable"


class LedgerUnavailable(Unavailable):
    """The ledger did not make the entry durable in time, so not one byte leaves."""

    kind = "ledger-unavailable"


class IndexUnavailable(Unavailable):
    """The index or its database did not answer."""

    kind = "index-unavailable"


class BadSetting(Problem):
    """A setting or a file of the installation is wrong. `detail` names the key; shown at start, never over HTTP."""

    kind = "bad-setting"
    title = "The hub cannot start with these settings"
    next_step = "Mend the setting named and start again."
