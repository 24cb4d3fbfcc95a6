"""The logs that were found, held against the list of them in the hub's own log.

Promise: a log that the hub's log lists and that is not here, or that is here and not listed, is a finding; where the list
itself could not be read, or one log alone was asked about, that this was not checked is said.
"""

from collections.abc import Collection

from services.ledger.auditing.audit import EMERGENCY, HUB, Finding
from services.ledger.auditing.report import Report

_ALONE = "one log alone was verified: whether another is missing was not checked"
_UNREAD = "only hashes were read: whether a log is missing was not checked"


def hold_listed(
    report: Report, *, alone: bool = False, unread: bool = False, apart: Collection[str] = ()
) -> None:
    """Add to the report what the list says. `alone`: one log was asked about; `unread`: entries were not to be read;
    `apart`: logs that are here as hashes, without a row."""
    here = {str(row["log"]) for row in report.logs} | set(apart)
    if alone or unread:
        report.notes.append(_ALONE if alone else _UNREAD)
        return
    if report.listed is None:
        if here:
            report.gaps.append(
                "log hub, which lists every log, was not read: whether a log is missing was not checked"
            )
        return
    for code, at in sorted(report.listed.items()):
        # What was listed while we read may have its first entry only now.
        if code not in here and at < report.stood and not code.startswith(EMERGENCY):
            what = f"it lists the log {code}, which is not here: taken away, or the hub died before its first entry"
            report.findings.append(Finding(HUB, "log-missing", at, what))
    for code in sorted(here - report.listed.keys()):
        if not code.startswith(EMERGENCY):
            report.findings.append(Finding(code, "unlisted", -1, "the hub's log does not list it"))
