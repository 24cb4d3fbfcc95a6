"""`mash ledger report`: a ledger verified and decided again, and what came of it signed by the auditor.

Promise: the report says what was checked and what was not, with the checkpoints that it stands on word for word; it is signed
over every byte (JWS), and the page beside it is made from the signed content and from nothing else.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.exits import Exit
from services.cli.ledger.auditor import Auditor
from services.cli.ledger.opened import opened
from services.cli.ledger.pages import page
from services.cli.ledger.progress import counting
from services.cli.ledger.replay import OWN_WHY, decide_again
from services.cli.ledger.trusted import keys_given
from services.cli.ledger.verify import Asked, earlier_given, verify_path
from services.cli.ledger.writing import writing
from services.contract.canonical import canonical
from services.ledger.auditing.report import Report
from services.ledger.auditing.verify_tiles import CHECKPOINT, logs_in
from services.ledger.export import put
from services.ledger.verify import read_checkpoints

KIND = "mash-ledger-report+jws"
VERDICTS: Mapping[str, str] = {
    "good": "Every entry is as it was signed, and every recorded decision comes out as recorded.",
    "findings": "Something is not as it was signed or recorded. Each is named below.",
    "incomplete": "What was checked holds. Something could not be checked; each gap is named below.",
}
PILES: Mapping[str, str] = {
    "otherwise": "OTHERWISE",
    "unknown": "NOT DECIDED",
    "unreplayable": "UNREPLAYABLE",
}
NOT_SHOWN = (
    "Whether the sources' records are true.",
    "Whether others were shown another log by a hub that signed two: only an earlier checkpoint or a witness tells.",
    "The time of an entry: order is by its place, the time is the hub's own word.",
)


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(report)


def report(
    place: Annotated[str, typer.Argument(help="The folder of mash ledger fetch, or MASH_HOME.")],
    trust: Annotated[Path, typer.Option(help="File of public key lines, from somebody other than the hub.")],
    key: Annotated[Path, typer.Option(help="The auditor's key file, which opens records and signs.")],
    out: Annotated[Path, typer.Option(help="Folder for report.jws, report.json and report.html.")] = Path(
        "report"
    ),
    since: Annotated[Path | None, typer.Option("--from", help="Checkpoints kept from before.")] = None,
) -> None:
    """Verify, decide again, and sign what came of it.

    Example: mash ledger report audit --trust trust.vkeys --key auditor.json --out report

    Exit: 0 all good, 1 findings, 2 usage, 3 the disk is full, 5 something could not be checked.
    """
    auditor = Auditor.read(key)
    checked = verify_path(Path(place), Asked(keys_given("", trust), earlier=earlier_given(since)))
    with opened(place, key, {"command": "report"}) as ledger, counting("entries") as step:
        total = ledger.signed()
        decided = decide_again(ledger.source, ledger.home, step=lambda read: step(read, total))
    found = Content(place, auditor, checked, decided).told()
    content = canonical(found)
    with writing(out):
        put(out, "report.jws", auditor.sign(content, KIND).encode())
        put(out, "report.json", content)
        put(out, "report.html", page("report.html", found).encode())
    tell(found, out)
    raise typer.Exit({"good": Exit.OK, "findings": Exit.FINDINGS}.get(found["verdict"], Exit.INCOMPLETE))


@dataclass(frozen=True)
class Content:
    """What goes into a report."""

    place: str
    auditor: Auditor
    checked: Report
    decided: Mapping[str, Any]

    def told(self) -> dict[str, Any]:
        """JSON `{v, made, by, program, verdict, sentence, logs, verified, decided, why, not_shown}`."""
        verdict = self.verdict
        by = {
            "client": self.auditor.client,
            "organisation": self.auditor.organisation,
            "key": self.auditor.thumbprint,
        }
        return {
            "v": 1,
            "made": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "by": by,
            "program": f"mash-hub {version('mash-hub')}",
            "verdict": verdict,
            "sentence": VERDICTS[verdict],
            "logs": self._logs(),
            "verified": self.checked.as_json(),
            "decided": dict(self.decided),
            "why": {reason: OWN_WHY[reason] for pile in PILES for reason in self.decided[pile]},
            "not_shown": list(NOT_SHOWN),
        }

    @property
    def verdict(self) -> str:
        """good, findings or incomplete."""
        if self.checked.exit_code == 1 or self.decided["otherwise"]:
            return "findings"
        return "incomplete" if self.checked.exit_code or self.decided["unknown"] else "good"

    def _logs(self) -> list[dict[str, Any]]:
        notes = {name: (path / CHECKPOINT).read_bytes() for name, path in logs_in(Path(self.place)).items()}
        notes = notes or read_checkpoints(Path(self.place) / "ledger")
        return [
            {**row, "checkpoint": notes.get(row["log"], b"").decode("utf-8", "replace")}
            for row in self.checked.logs
        ]


def tell(found: Mapping[str, Any], out: Path) -> None:
    """Where the report is and what it says, in a few lines."""
    print(f"Signed report in {out}: {found['verdict']}. {found['sentence']}")
    decided = found["decided"]
    print(f"  {len(found['logs'])} logs, {decided['decisions']} decisions, {decided['same']} as recorded")
    for finding in found["verified"]["findings"]:
        print(f"WRONG  log {finding['log']} entry {finding['index']}: {finding['kind']}: {finding['detail']}")
    for gap in found["verified"]["gaps"]:
        print(f"NOT CHECKED  {gap}")
    for pile, heading in PILES.items():
        for reason, count in decided[pile].items():
            print(f"{heading}  {count}: {OWN_WHY[reason]}")
    print(
        f"Its signature is by key {found['by']['key']}; anybody checks it with mash ledger check-report.",
        file=sys.stdout,
    )
