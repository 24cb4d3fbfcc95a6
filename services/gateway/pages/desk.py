"""What every page stands on: who is signed in, and the frame around what is shown.

Promise: a page about anything but the hub itself is shown to a signed-in person only, in the one role chosen at sign-in.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from services.contract.cases import Asker
from services.contract.problems import NotFound, NotSignedIn
from services.contract.views import Refused
from services.gateway.access.oidc import SignIn
from services.gateway.access.sessions import Sessions
from services.gateway.access.staff import Staff
from services.gateway.pages import words
from services.gateway.pages.rendering import page
from services.gateway.parts import Parts
from services.gateway.policies.matrix import governs

SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page. `here` marks its place in the menu."""

    demo: bool
    telephone: str
    here: str = ""
    name: str = field(default="", repr=False)
    role: str = ""
    organisation: str = ""
    governs: bool = False

    @property
    def signed_in(self) -> bool:
        return bool(self.role)


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of the pages."""

    parts: Parts
    sessions: Sessions
    sign_in: SignIn

    def asker(self, request: Request) -> Asker:
        """The person signed in. Raises `NotSignedIn`."""
        found = self.sessions.asker(request)
        if found is None:
            raise NotSignedIn("nobody is signed in, or the time without use was too long")
        return found

    def reader(self, request: Request, may: Callable[[str], bool]) -> Asker:
        """The person signed in, whose role `may` read the page. Raises `NotSignedIn`, and `NotFound` for any other role: it
        does not hear that there is such a page."""
        asker = self.asker(request)
        if not may(asker.role):
            raise NotFound("no such page is yours to read")
        return asker

    def frame(self, asker: Asker | None = None, here: str = "") -> Frame:
        """The frame for somebody, or for nobody."""
        settings = self.parts.settings
        demo, telephone = settings.mode == "demo", settings.support_telephone
        if asker is None:
            return Frame(demo, telephone, here)
        return Frame(
            demo,
            telephone,
            here,
            self.staff_name(asker.user),
            words.title("roles", asker.role),
            self.organisation_name(asker.organisation),
            governs(asker.role),
        )

    def show(
        self, asker: Asker | None, template: str, *, status: int = 200, here: str = "", **model: Any
    ) -> Response:
        """One page in its frame."""
        return page(template, status, frame=self.frame(asker, here), **model)

    def refuse(
        self, asker: Asker, refused: Refused, back: str = "/your-cases", *, act: bool = False
    ) -> Response:
        """A refusal: its sentence, and who can change it. `act`: of something to be done, not to be shown."""
        return self.show(asker, "refusal.html", status=403, refused=refused, back=back, act=act)

    def staff_name(self, id: str) -> str:
        """How a member of staff is called; a colleague of a row that has ended has no name any more."""
        worker = Staff(self.parts.store, self.parts.keys).by_id(id)
        return (worker.name if worker else "") or "a member of staff"

    def organisation_name(self, id: str) -> str:
        """An organisation as people know it."""
        found = self.parts.rules.organisation(id)
        return found.name if found else id


def go(address: str) -> Response:
    """On to another page, by GET. Addresses hold opaque ids and codes only."""
    return RedirectResponse(address, SEE_OTHER)


def after(response: Response, task: BackgroundTask) -> Response:
    """The same response, with something to do once its last byte is out."""
    response.background = task
    return response
