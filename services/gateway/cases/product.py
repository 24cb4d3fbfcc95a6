"""Making something that leaves the room: for one partner, with an action in constant words and whom to ring.

Promise: it is the main line, decided for the channel `product`: of partners' records the service, whom to ring and who it is
about, more with the owner's approval, and what belongs to the room alone never, approved or not. Nothing is typed into it; what
was kept back is told to whoever made it and stands in none of it; its entry, durable first, names for whom it was made.
"""

from typing import Any

from services.contract.cases import Asker
from services.contract.problems import BadInput
from services.contract.views import FamilyView, ProductRequest, Refused, ViewRequest
from services.contract.vocabulary import entry
from services.gateway.ask import ask
from services.gateway.parts import Parts
from services.gateway.profiles import PRODUCT
from services.gateway.request import MadeFor, Use


def make_product(parts: Parts, asker: Asker, case: str, body: ProductRequest) -> FamilyView | Refused:
    """The answer of which the product is made. Raises `BadInput` (no partner to make it for), `Unavailable`."""
    partner = parts.rules.organisation(body.to)
    if partner is None or partner.suspended or partner.id == asker.organisation:
        raise BadInput(
            "some places do not fit", places=("to: the id of another partner that is not suspended",)
        )
    question = ViewRequest(about=body.about, case=case, scope=body.scope)
    return ask(parts, asker, question, use=Use(PRODUCT, MadeFor(body.to, body.action)))


def told(parts: Parts, asker: Asker, body: ProductRequest, answer: FamilyView) -> dict[str, Any]:
    """`{match, candidates, product, withheld, notes, receipt}`: `product` is what goes to the partner, None where nobody
    is settled on; the rest is for whoever made it.
    """
    whole = answer.model_dump(mode="python", by_alias=True, exclude_none=True)
    product = None
    if answer.match == "MATCH":
        action, own = entry("product-actions", body.action), parts.rules.organisation(asker.organisation)
        product = {
            "to": body.to,
            "action": {name: str(action[name]) for name in ("code", "title", "sentence")},
            "contact": {"organisation": own.name, "telephone": own.telephone} if own else {},
            "view": whole["view"],
            "obligations": [str(entry("obligations", code)["sentence"]) for code in answer.obligations],
            "receipt": answer.receipt.id if answer.receipt else "",
        }
    kept = ("match", "candidates", "withheld", "notes", "receipt")
    return {name: whole[name] for name in kept if name in whole} | {"product": product}
