"""The demonstration's sign-in provider: oidc-provider-mock in its own process, without passwords.

Promise: it listens on loopback only, and knows the invented staff of the demonstration and nobody else's. It asks who
somebody is at every sign-in, and says when (`auth_time`, which the mock by itself leaves out).
"""

import logging
import time
from importlib.util import find_spec

import typer

from services.cli.demo.cast import STAFF
from services.cli.serve import LISTENING, LOOPBACK, first_free, port_of
from services.contract.problems import BadSetting

PORT = 8713
_NEEDED = ("oidc_provider_mock", "flask", "werkzeug")
"""What the hub itself does not need: the extra `demo`."""


def check() -> None:
    """That the provider can start here. Raises `BadSetting`."""
    lacking = [name for name in _NEEDED if find_spec(name) is None]
    if lacking:
        raise BadSetting(
            f"the demonstration's sign-in needs the extra `demo`, which is not installed here ({', '.join(lacking)})",
            next_step="Run pip install 'mash-hub[demo]', or make demo where the project is.",
        )


def serve(port: int = PORT) -> None:
    """Listen on loopback, at this port or the next that is free, until ended."""
    # Its lines would hold addresses with one-time codes.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    from flask import request
    from oidc_provider_mock import User, app
    from werkzeug.serving import make_server

    users = [
        User(sub=member.sign_in, claims={"name": member.name, "email": member.sign_in}) for member in STAFF
    ]
    sock = first_free(port)
    provider = app(user_claims=users, require_nonce=True)

    def note_when() -> None:
        """Its form is answered at each sign-in, so this moment is the one of `auth_time`."""
        for user in users:
            if request.method == "POST" and request.form.get("sub") == user.sub:
                user.claims["auth_time"] = int(time.time())

    provider.before_request(note_when)
    server = make_server(LOOPBACK, port_of(sock), provider, threaded=True, fd=sock.fileno())
    print(f"{LISTENING} {LOOPBACK}:{port_of(sock)}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    typer.run(serve)
