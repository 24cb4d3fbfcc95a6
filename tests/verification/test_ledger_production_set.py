"""The page for operators, followed: three brokers with production's own settings, rights, a hub in live mode, the doctor."""

import json
import shutil
import uuid
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.ledger.open import open_ledger
from services.ledger.store.broker import Broker, topic_of
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings
from tests.real.kafka_secured import production_set
from tests.verification.ledger_world import intent

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_a_hub_in_live_mode_on_three_secured_brokers_is_well(tmp_path: Path, kafka_secured: object) -> None:
    # The fixture says whether a broker can be had at all, and keeps this test beside the others of Kafka.
    secured = production_set(tmp_path)
    try:
        follow_the_page(secured, tmp_path)
    finally:
        secured.broker.stop()
    shutil.rmtree(tmp_path / "kafka")


def follow_the_page(secured: object, folder: Path) -> None:
    from tests.real.kafka_secured import Secured

    assert isinstance(secured, Secured)
    hub = f"hub-{uuid.uuid4().hex[:8]}"
    access = ["--ca", str(secured.authority), "--user", "kafka-admin"]
    access += ["--password-file", str(secured.password_of("kafka-admin"))]
    who = ["--hub", hub, "--sequencer", "sequencer", "--auditor", "auditor"]
    given = CliRunner().invoke(app, ["ledger", "acls", secured.address, *who, *access])
    assert given.exit_code == 0, given.output
    values = {
        "mode": "live",
        "hub": hub,
        "home": folder / "home",
        "keys": folder / "keys",
        "ledger": f"kafka://{secured.address}",
        "ledger_user": "sequencer",
        "ledger_password_file": secured.password_of("sequencer"),
        "ledger_ca": secured.authority,
        "ledger_wait": 20,
    }
    settings = Settings.model_validate(values)
    settings.home.mkdir(mode=0o700)
    ledger = open_ledger(settings, KeyFolder(settings.key_folder))
    try:
        assert [ledger.append(intent(ledger)).index for _ in range(5)] == [0, 1, 2, 3, 4]
    finally:
        ledger.close()
    environment = {f"MASH_{name.upper()}": str(value) for name, value in values.items()}
    auditor = ["--auditor", "auditor", "--auditor-password-file", str(secured.password_of("auditor"))]
    told = CliRunner().invoke(app, ["ledger", "doctor", "--json", *auditor], env=environment)
    findings = json.loads(told.stdout)["findings"]
    # A day's folder of a test may be in memory, which is no disk.
    amiss = [f for f in findings if f["state"] != "ok" and f["check"] not in ("store-sync", "free-disk")]
    assert amiss == []
    assert "kept 3 times, 2 in step before it counts, for ever" in {finding["said"] for finding in findings}
    assert len(list(Broker(secured.cluster("auditor")).read(topic_of(hub, "council"), 0))) == 5
