"""A signed report is believed under the auditor's signing key, as a report, and in no other case."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from joserfc.jwk import ECKey
from typer.testing import CliRunner

from services.cli.ledger import app
from services.cli.ledger.auditor import ALG, Auditor
from services.cli.ledger.report import KIND

TOLD = {
    "by": {"client": "a", "organisation": "b"},
    "made": "today",
    "verdict": "good",
    "sentence": "",
    "logs": [],
}


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "auditor.json"
    words = ["key", str(file), "--client", "a", "--organisation", "b", "--user", "c"]
    assert CliRunner().invoke(app, words).exit_code == 0
    return file


def checked(key: Path, report: str) -> tuple[int, str]:
    file = key.parent / "report.jws"
    file.write_text(report, encoding="utf-8")
    ran = CliRunner().invoke(
        app, ["check-report", str(file), "--signer", str(key.with_suffix(".public.json"))]
    )
    return ran.exit_code, ran.output


def test_only_a_report_that_the_signing_key_signed_is_one(key: Path) -> None:
    auditor, content = Auditor.read(key), json.dumps(TOLD).encode()
    code, words = checked(key, auditor.sign(content, KIND))
    assert (code, "It says: good." in words) == (0, True)
    opening = auditor.opening.as_dict(private=True) | {"use": "sig", "alg": ALG}
    sealing = replace(auditor, signing=ECKey.import_key(opening))
    for other in (
        auditor.sign(content, "JWT"),
        auditor.sign(b"[]", KIND),
        sealing.sign(content, KIND),
        auditor.sign(content, KIND).rpartition(".")[0] + ".",
    ):
        code, words = checked(key, other)
        assert (code, "It says" in words) == (1, False)
