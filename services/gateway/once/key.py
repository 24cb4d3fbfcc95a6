"""The `Idempotency-Key` header of a request, and what the hub makes of it.

Promise: a key counts for one client; what is stored of key and request are keyed hashes, from which neither can be
guessed. Form: draft-ietf-httpapi-idempotency-key-header, a string of RFC 8941 (in double quotes).
"""

import re
from collections.abc import Sequence
from datetime import datetime

from services.contract.canonical import canonical
from services.contract.cases import Asker
from services.contract.problems import Unreadable
from services.contract.releases import Once
from services.contract.views import ViewRequest
from services.runtime.keys import KeyFolder

HEADER = "Idempotency-Key"
# Visible ASCII, quote and backslash apart. So long that it is drawn, not thought of: no number of a person is.
_STRING = re.compile(r'"([\x21\x23-\x5b\x5d-\x7e]{16,128})"')


def read_key(headers: Sequence[str]) -> str:
    """The key that a request carries, or "" where it carries none. Raises `Unreadable`."""
    if not headers:
        return ""
    found = _STRING.fullmatch(headers[0].strip())
    if found is None or len(headers) > 1:
        raise Unreadable(
            f"{HEADER}: send it once, in double quotes, 16 to 128 visible characters without quote or backslash, "
            "such as a fresh UUID"
        )
    return found[1]


def once_of(keys: KeyFolder, asker: Asker, body: ViewRequest, form: str, key: str, now: datetime) -> Once:
    """The request as it is known when it comes again. `form`: the media type of the answer."""
    mac = keys.mac("idempotency")
    told = {"organisation": asker.organisation, "role": asker.role, "user": asker.user, "form": form}
    asked = canonical({**told, "body": body.model_dump(mode="json", by_alias=True)}).decode()
    return Once(
        key=mac.of("key", asker.client, key)[:16].hex(),
        request=mac.of("request", asked)[:16].hex(),
        at=int(now.timestamp()),
    )
