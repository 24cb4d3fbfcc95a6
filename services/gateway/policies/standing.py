"""What stands of the policies, for those who answer for them: in force, waiting for signatures, in trouble.

Promise: it is shown to roles of governance only; it names signers and organisations, and no person of a record.
"""

from typing import Any

from services.contract.cases import Asker
from services.contract.problems import NotAllowed, PolicyUnavailable
from services.gateway.parts import Parts
from services.gateway.policies.matrix import governs


def show_standing(parts: Parts, asker: Asker) -> Any:
    """As it is now. Raises `NotAllowed`, and a `Problem` where what is in force was changed on the disk."""
    if not governs(asker.role):
        raise NotAllowed("how the policies came into force is shown to those who answer for them")
    if parts.policies is None:
        raise PolicyUnavailable("this hub keeps no record of its policies")
    return parts.policies.standing()
