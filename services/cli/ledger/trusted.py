"""What an auditor brings from elsewhere: keys of logs, and a policy that names witnesses.

Promise: a file that cannot be read or says two things is refused with its line before anything is checked.
"""

from pathlib import Path
from typing import Annotated

import typer

from services.ledger.trust_policy import BadPolicy, TrustPolicy
from services.ledger.verify import read_trust
from services.runtime.note import BadKey, Verifier

Policy = Annotated[
    Path | None,
    typer.Option(help="Policy file (tlog-policy): its logs are trusted, its quorum of witnesses demanded."),
]


def policy_given(path: Path | None) -> TrustPolicy | None:
    """The policy in the file. Raises `typer.BadParameter`."""
    if path is None:
        return None
    try:
        return TrustPolicy.parse(path.read_bytes())
    except BadPolicy as error:
        raise typer.BadParameter(f"--policy: {error}") from None
    except OSError as error:
        raise typer.BadParameter(f"--policy: {path} cannot be read ({type(error).__name__})") from None


def keys_given(key: str, trust: Path | None, policy: TrustPolicy | None = None) -> list[Verifier]:
    """The logs' keys: of --key, of --trust, else those in the policy. Raises `typer.BadParameter`."""
    if key and trust:
        raise typer.BadParameter("give --key for one log, or --trust for several, not both")
    try:
        if key:
            return [Verifier.parse(key)]
        found = read_trust(trust.read_text(encoding="utf-8")) if trust else []
    except BadKey as error:
        raise typer.BadParameter(f"{'--key' if key else '--trust'}: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"--trust: {trust} cannot be read ({type(error).__name__})") from None
    if trust and not found:
        raise typer.BadParameter(f"--trust: no key in {trust}")
    return found or (policy.log_keys if policy else [])
