"""What is shared, as a matrix: an IG lead picks who asks and for what, and sees each class in each circumstance.

Promise: the page works without a script; colour never stands alone; what is picked is a code, and may stand in the address.
"""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contract.problems import BadInput
from services.contract.vocabulary import code_list
from services.gateway.pages.desk import Desk
from services.gateway.policies.matrix import choices, show_matrix

SIGNS = {"release": "✓", "generalise": "~", "ask-owner": "?", "withhold": "✗", "silent": "∅"}


def routes(desk: Desk) -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.get("/policy/matrix")
    def shown(
        request: Request, by: str = "", role: str = "", purpose: str = "", holder: str = ""
    ) -> Response:
        asker = desk.asker(request)
        asking, holding = choices(desk.parts, asker)
        picked = {"by": by or asker.organisation, "role": role, "purpose": purpose, "holder": holder}
        found, wrong = None, ""
        if role and purpose:
            try:
                found = show_matrix(desk.parts, asker, picked["by"], role, purpose, holder)
            except BadInput as bad:
                wrong = bad.detail
        return desk.show(
            asker,
            "matrix.html",
            status=422 if wrong else 200,
            here="matrix",
            matrix=found,
            wrong=wrong,
            selects=_selects(asking, holding, picked),
            signs=SIGNS,
        )

    return router


def _selects(
    asking: Sequence[tuple[str, str]], holding: Sequence[tuple[str, str]], picked: dict[str, str]
) -> list[dict[str, Any]]:
    """The four lists to pick from, as GOV.UK selects."""
    roles = [(code, str(row["title"])) for code, row in code_list("roles").items()]
    purposes = [(code, str(row["title"])) for code, row in code_list("purposes").items()]
    lists = (
        ("by", "Who asks", asking),
        ("role", "In which role", roles),
        ("purpose", "For what", purposes),
        ("holder", "Who holds the record", [("", "Every organisation"), *holding]),
    )
    return [
        {
            "id": name,
            "name": name,
            "label": {"text": label},
            "items": [{"value": code, "text": text, "selected": code == picked[name]} for code, text in rows],
        }
        for name, label, rows in lists
    ]
