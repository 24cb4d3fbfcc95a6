"""Who reviews identities: the roles that read a queue of doubts.

Promise: it reads the code list and nothing else, so whoever makes an answer may ask it.
"""

from services.contract.vocabulary import code_list


def reads(role: str) -> bool:
    """Whether a role reads any queue."""
    return any(role in row["roles"] for row in code_list("review-queues").values())
