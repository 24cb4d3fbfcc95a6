"""The table of numbers that were taken: one row for each month and set of sources, in the order in which they were taken.

Promise: the numbers stand sealed, for they are exact to the last step of the rule and some are small. Migrations:
services/gateway/migrations.
"""

from sqlalchemy import Column, LargeBinary, UniqueConstraint
from sqlmodel import Field

from services.gateway.store.tables import Table


class CountsRow(Table, table=True):
    """Every number of one look at the index, settled against all that were taken before."""

    __tablename__ = "gateway_counts"
    __table_args__ = (UniqueConstraint("month", "sources"),)
    number: int = Field(primary_key=True)
    """1, 2, 3 …: whoever takes the next has read all before it, or does not get its number."""
    month: str
    """YYYY-MM in Europe/London."""
    sources: str
    """Ids of the sources, sorted, with a blank between."""
    taken_on: str
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Cell -> number, see cells.py."""
