"""What the results say: wrong links, recall, review, speed, and the hard pairs by category.

Promise: each figure is counted from the results alone, with how many it rests on.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from benchmarks.matching.ask import ASKED_OTHER, ASKED_RIGHT, AUTO_RIGHT, AUTO_WRONG, Result
from benchmarks.matching.folder import Asked, Pair
from benchmarks.matching.gates import Table, at_most, quantile, share
from services.index.synth.pairs import NEVER

MOST_LINKED = 0.001
"""Of pairs of two people in one category."""
MS = 1_000.0


def queries(table: Table, asked: Sequence[Asked], results: Sequence[Result]) -> None:
    """Rows of the queries. Shares rest on what the record says: a number that fails its check is no number."""
    both = [*zip(asked, results, strict=True)]
    known = [(query, result) for query, result in both if query.expected]
    wrong = [result for result in results if result.outcome == AUTO_WRONG]
    auto = [result for _, result in known if result.outcome == AUTO_RIGHT]
    linked = len(auto) + len(wrong)
    rules = ", ".join(f"{rule} {count}" for rule, count in Counter(one.rule for one in wrong).most_common())
    words = f"{len(wrong)} of {linked:,} links ({len(both):,} queries); 95 %: at most {at_most(len(wrong), linked):.1e}"
    table.gate("wrong", words + (f"; {rules}" if rules else ""), not wrong, "0")
    seen = [result.candidate for _, result in known]
    recall = share(sum(map(bool, seen)), len(seen))
    table.gate("candidates", f"{recall:.5f}", recall >= 0.9995, ">= .9995")
    found = share(sum(one.outcome in (AUTO_RIGHT, ASKED_RIGHT) for _, one in known), len(known))
    table.gate("found", f"{found:.5f}", found >= 0.999, ">= .999")
    held = [result for _, result in known if result.holds_number]
    bare = [result for _, result in known if not result.holds_number]
    rates = [share(len(auto), len(known))]
    rates += [share(sum(one.outcome == AUTO_RIGHT for one in some), len(some)) for some in (held, bare)]
    table.gate("auto", " / ".join(f"{rate:.4f}" for rate in rates) + f" ({len(held):,} with, {len(bare):,} without)",
               rates[0] >= 0.94 and rates[1] >= 0.98 and rates[2] >= 0.84, ">= .94 / .98 / .84")  # fmt: skip
    asks = share(sum(one.outcome in (ASKED_RIGHT, ASKED_OTHER) for one in results), len(results))
    table.gate(
        "review",
        f"{asks:.4f}; too many candidates {sum(one.truncated for one in results)}",
        asks <= 0.05,
        "<= .05",
    )


def speed(table: Table, results: Sequence[Result]) -> None:
    """The row of the matcher's time: by the clock, and of this process's processor alone."""
    clock, used = [one.seconds * MS for one in results], [one.processor * MS for one in results]
    middle, late = quantile(clock, 0.5), quantile(clock, 0.99)
    words = f"{middle:.2f} / {late:.2f} ms (p99.9 {quantile(clock, 0.999):.1f}, most {max(clock):.0f}); "
    words += f"processor {quantile(used, 0.5):.2f} / {quantile(used, 0.99):.2f} ms"
    table.gate("speed", words, middle <= 1 and late <= 5, "<= 1 / 5 ms")


def hard(table: Table, pairs: Sequence[Pair], results: Sequence[Result]) -> list[str]:
    """The row of the hard pairs, and a line for each category."""
    by: dict[str, list[Result]] = defaultdict(list)
    same = {pair.category: pair.same for pair in pairs}
    for pair, result in zip(pairs, results, strict=True):
        by[pair.category].append(result)
    lines = [f"  {'hard pairs, each alone':56} {'linked':>8} {'review':>8} {'missed':>8}  (of)"]
    worst, met = 0.0, True
    for category, some in by.items():
        linked = sum(one.outcome in (AUTO_RIGHT, AUTO_WRONG) for one in some)
        wrong = sum(one.outcome == AUTO_WRONG for one in some)
        review = sum(one.outcome in (ASKED_RIGHT, ASKED_OTHER) for one in some)
        rate = share(linked, len(some))
        mark = "" if same[category] else "must not: "
        rest = share(len(some) - linked - review, len(some))
        lines.append(f"  {mark + category:56} {rate:8.4f} {share(review, len(some)):8.4f} {rest:8.4f}  ({len(some):,})"
                     + (f"  {wrong} TO ANOTHER" if same[category] and wrong else ""))  # fmt: skip
        if not same[category]:
            worst = max(worst, rate)
            met = met and rate <= (0 if category in NEVER else MOST_LINKED)
        met = met and not (same[category] and wrong)
    table.gate(
        "hard",
        f"at most {worst:.4f}",
        met,
        "<= .001; 0 for other numbers, no name, twins without number, adoption",
    )
    return lines
