"""Splink's own way of matching one record online, beside ours: candidates by the same keys, then `compare_records`.

The same model, the same candidates, Splink's SQL kept between calls (as the prisons' and courts' service does it). What is timed
of ours is the whole of a publish's decision; of theirs, finding, opening and weighing, without any rule after it.
"""

import time
from collections.abc import Sequence
from typing import Any

from benchmarks.matching.ask import Question, ask
from benchmarks.matching.gates import Table, quantile
from benchmarks.matching.load import RECEIVED
from benchmarks.matching.place import Place
from services.index import labels
from services.index.matching import candidates, first_look, levels, model, score
from services.index.people import People
from services.index.read import Summary, summarise

MS = 1_000.0
WARM = 10
"""Questions that are not counted, or half of them where there are few."""


def side_by_side(table: Table, place: Place, questions: Sequence[Question]) -> None:
    """The row, of one question or more; raises ImportError where Splink is not installed."""
    from splink import DuckDBAPI  # noqa: PLC0415 (a development extra)

    splink = _Splink(DuckDBAPI())
    ours, theirs, apart, weighed = [], [], 0.0, 0
    for turn, question in enumerate(questions):
        result = ask(place, question)
        seconds, furthest, pairs = splink.match(place, question)
        if turn >= min(WARM, len(questions) // 2):
            ours.append(result.seconds * MS)
            theirs.append(seconds * MS)
        apart, weighed = max(apart, furthest), weighed + pairs
    table.figure(
        "splink", f"{against(ours, theirs)}; weights at most {apart:.5f} bit apart on {weighed:,} pairs"
    )


def against(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Both times (ms, one or more of each) and how many times ours theirs is."""
    middle, other = quantile(ours, 0.5), quantile(theirs, 0.5)
    words = f"{other:.1f} / {quantile(theirs, 0.99):.1f} ms against our {middle:.2f} / {quantile(ours, 0.99):.2f} ms"
    return f"{words} ({len(ours)} questions): {other / middle:.1f}x"


class _Splink:
    def __init__(self, api: Any) -> None:
        from services.index.training.settings import settings  # noqa: PLC0415

        self._api = api
        self._model = model.shipped()
        chance = 2**self._model.prior / (1 + 2**self._model.prior)
        self._settings = settings(["1=1"], chance, self._model)

    def match(self, place: Place, question: Question) -> tuple[float, float, int]:
        """Seconds; how far apart the weights are at most; pairs weighed."""
        from splink.internals.realtime import compare_records  # noqa: PLC0415

        item = place.store.item(question.source, "Patient", question.resource["id"])
        with place.store.engine.connect() as connection, connection.begin() as transaction:
            began = time.perf_counter()
            people = People(connection, place.store, place.book, RECEIVED[:10])
            summary = summarise(question.resource, False, labels.confidentiality(question.resource))
            spoken = candidates.plain(summary, people.on)
            first = first_look.look(people, item, spoken)
            found = candidates.find(people, item, spoken, first).people
            held = [one.summary for records in found.values() for one in records]
            weights = {}
            if held:
                frame = compare_records(
                    self._table([spoken]), self._table(held), self._settings, self._api, "match"
                )
                weights = {
                    int(row["unique_id_r"]): float(row["match_weight"]) for row in frame.as_record_list()
                }
                frame.drop_table_from_database_and_remove_from_cache(force_non_splink_table=True)
            seconds = time.perf_counter() - began
            transaction.rollback()
        apart = [
            abs(score.score(self._model, spoken, other).weight - weights[n]) for n, other in enumerate(held)
        ]
        return seconds, max(apart, default=0.0), len(held)

    def _table(self, records: Sequence[Summary]) -> Any:
        from services.index.training import rows  # noqa: PLC0415

        table = rows.table(records)
        for name in sorted(levels.FREQUENT):
            known = self._model.frequencies[name]
            shares = [known.shares.get(value, known.unlisted) for value in table.column(name).to_pylist()]
            table = table.append_column(f"tf_{name}", [shares])
        return table
