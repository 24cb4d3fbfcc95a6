"""Breaking the glass: a health worker's way past a missing care relationship, when harm to a patient is about to happen.

Promise: it takes a health role, a sign-in of the last five minutes and a written reason, is for one patient and one worker,
and ends after four hours; the privacy officer is told before the case stands, by reference only.
"""

from services.contract.cases import Asker, CaseState, OpenCase
from services.contract.people import Relations
from services.contract.problems import BadInput
from services.contract.vocabulary import entry
from services.gateway.access.fresh import need_fresh
from services.gateway.parts import Parts
from services.gateway.tasks.post import Post, post

PURPOSE = "BTG"
HOURS = 4
REASON_REQUIRED = "REASON_REQUIRED"
USED = "break-glass-used"


def may_break(role: str) -> bool:
    """Whether the role is one of health: nobody else breaks the glass, whatever a table says."""
    return entry("roles", role)["group"] in entry("purposes", PURPOSE)["role_groups"]


def judge(parts: Parts, asker: Asker, body: OpenCase) -> str:
    """The code under which it is refused, or empty. Raises `SignInAgain`, `BadInput`."""
    places = []
    if len(body.subjects) != 1:
        places.append("subjects: break the glass for one patient at a time")
    if body.members:
        places.append("members: name nobody; a colleague who needs it breaks the glass for themselves")
    if places:
        raise BadInput("some places do not fit", places=tuple(places))
    need_fresh(parts, asker)
    return "" if body.ground.text.strip() else REASON_REQUIRED


def scope_of(case: CaseState, asked: str) -> str:
    """The scope of a view: behind broken glass it is the patient alone, whatever was asked."""
    return "person" if case.purpose == PURPOSE else asked


def reaches_too_far(case: CaseState, relations: Relations) -> bool:
    """Whether somebody other than the patient is asked about: one reason opens one patient's records."""
    return case.purpose == PURPOSE and relations.people[0].subject == "other"


def reference(parts: Parts, case: str) -> str:
    """What all who may speak of a use call it: it leads nobody to the case or the patient."""
    words = parts.keys.mac("references").of(PURPOSE, case)[:4].hex()
    return f"BG-{words[:4]}-{words[4:]}"


def tell_own_officer(parts: Parts, asker: Asker, case: str) -> None:
    """A task for the privacy officer of the asker's own organisation."""
    facts = {"reference": reference(parts, case), "asking_role": asker.role}
    post(parts, Post(USED, asker.organisation, case=case, facts=facts, key=case))
