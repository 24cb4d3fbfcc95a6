"""How the hub reaches its Kafka cluster: which servers, and with what it shows who it is.

Promise: with a user the line is TLS under the certificate authority that is named, host names checked, and the
password is read from its file each time a client is made: it stands in no setting, no message and no log. There
is no half-way: TLS without a user, or a user without TLS, cannot be set.
"""

import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.contract.problems import BadSetting
from services.runtime.settings import Settings

PATIENCE = 5.0
"""Seconds without an answer after which the broker counts as away."""
MECHANISM = "SCRAM-SHA-512"
_IN_PRODUCTION = 3


class Password(str):
    """A password that shows nothing of itself when it is printed among other settings: kafka-python's admin client writes
    all of its own to the log at level DEBUG."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"


@dataclass(frozen=True)
class Cluster:
    """`servers`: HOST:PORT each. `user`, `password_file` and `ca` all or none. `copies`: the fewest brokers that must keep
    each entry."""

    servers: tuple[str, ...]
    user: str = ""
    password_file: Path | None = None
    ca: Path | None = None
    copies: int = 1

    @classmethod
    def of(cls, settings: Settings) -> "Cluster":
        """The one that the settings name. Raises `BadSetting` where a file that is named cannot be read."""
        servers = tuple(settings.ledger.removeprefix("kafka://").split(","))
        copies = _IN_PRODUCTION if settings.mode == "live" else 1
        found = cls(
            servers, settings.ledger_user, settings.ledger_password_file, settings.ledger_ca, copies=copies
        )
        found.access()
        return found

    @property
    def names(self) -> str:
        """The servers, as they were set."""
        return ",".join(self.servers)

    def access(self) -> Mapping[str, Any]:
        """What every client of kafka-python is given of this. Raises `BadSetting`."""
        if not self.user:
            return {"bootstrap_servers": list(self.servers)}
        return {
            "bootstrap_servers": list(self.servers),
            "security_protocol": "SASL_SSL",
            "ssl_context": self._context(),
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": self.user,
            "sasl_plain_password": Password(self._password()),
        }

    def knock(self) -> None:
        """Whether anybody listens whom we trust. A client that cannot bootstrap takes its whole time to say so, cannot say
        why, and leaves its sockets open. Raises `OSError` of the last server."""
        context = self._context() if self.user else None
        for number, server in enumerate(self.servers, 1):
            host, _, port = server.rpartition(":")
            host = host.strip("[]")
            try:
                with socket.create_connection((host, int(port)), timeout=PATIENCE) as line:
                    if context:
                        context.wrap_socket(line, server_hostname=host).close()
            except (OSError, ValueError) as error:
                if number == len(self.servers):
                    raise error if isinstance(error, OSError) else OSError(str(error)) from None
            else:
                return

    def silence(self, error: BaseException) -> str:
        """Why it does not answer, as far as that can be told from `error`, and the remedy."""
        if isinstance(error, ssl.SSLCertVerificationError):
            said = f"shows a certificate that MASH_LEDGER_CA does not vouch for ({error.verify_message})"
            return f"the Kafka broker at {self.names} {said}; give its authority, or mend MASH_LEDGER"
        if isinstance(error, ssl.SSLError):
            return (
                f"what listens at {self.names} does not speak TLS; mend MASH_LEDGER, or the broker's listener"
            )
        remedy = "start it, or mend MASH_LEDGER"
        if not isinstance(error, OSError):
            # Somebody listens: a broker says no more than this to whom it does not let in.
            remedy = "it may be starting" + (
                ", or not know MASH_LEDGER_USER under the password in MASH_LEDGER_PASSWORD_FILE"
                if self.user
                else ", or take secured clients only: set MASH_LEDGER_USER, MASH_LEDGER_PASSWORD_FILE and MASH_LEDGER_CA"
            )
        return f"the Kafka broker at {self.names} does not answer ({type(error).__name__}); {remedy}"

    def _password(self) -> str:
        try:
            found = (self.password_file or Path()).read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadSetting(f"MASH_LEDGER_PASSWORD_FILE: cannot be read ({type(error).__name__})") from None
        if not found or "\n" in found:
            raise BadSetting("MASH_LEDGER_PASSWORD_FILE: the file must hold one line, the password")
        return found

    def _context(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self.ca)
        except (OSError, ssl.SSLError) as error:
            raise BadSetting(f"MASH_LEDGER_CA: cannot be read ({type(error).__name__})") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def cluster_of(servers: "Sequence[str] | Cluster") -> Cluster:
    """A cluster without secrets where servers alone are given."""
    return servers if isinstance(servers, Cluster) else Cluster(tuple(servers))
