"""Whether somebody proved who they are just now, for the acts that ask for it (step-up; RFC 9470).

Promise: a session or token that stands open for longer is not enough, however good it is otherwise; and what
proves it is the provider's or the vouching system's own `auth_time`, never the time of a request.
"""

from services.contract.cases import Asker
from services.contract.problems import SignInAgain
from services.gateway.access.assertions import LEEWAY
from services.gateway.parts import Parts

FRESH = 300
"""Seconds for which a sign-in counts as just now."""


def is_fresh(parts: Parts, asker: Asker) -> bool:
    """Whether the asker signed in within the last five minutes."""
    ago = parts.now().timestamp() - asker.authenticated
    return asker.authenticated > 0 and -LEEWAY <= ago <= FRESH


def need_fresh(parts: Parts, asker: Asker) -> None:
    """Raises `SignInAgain` unless the asker signed in within the last five minutes."""
    if not is_fresh(parts, asker):
        raise SignInAgain("this act needs a sign-in of the last 5 minutes")
