"""What the ledger tells an auditor, a data protection officer and a court: shown, found, proved, packed, and as FHIR."""

import json
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.contract.canonical import unb64u
from services.ledger.auditing.audit_events import AUTHORISED, DISCLOSED
from services.ledger.checkpoint import Checkpoint, open_checkpoint
from services.ledger.proof import Proof
from services.ledger.tree import leaf_hash, verify_consistency
from services.ledger.verify import read_trust
from services.runtime.fhir import faults
from services.runtime.note import decode64, split_note
from tests.hub.audited import Audited, an_audited, run
from tests.named import named

LOG = "northshire-csc"


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    with an_audited(tmp_path_factory.mktemp("told"), operators=True) as world:
        assert world.fetch(world.desk / "audit").exit_code == 0
        yield world


@pytest.fixture
def folder(audited: Audited) -> Path:
    return audited.desk / "audit"


def release(world: Audited) -> dict[str, Any]:
    """The entry of the one release."""
    return next(one for one in world.served.world.entries(LOG) if one["kind"] == "release.intent")


def test_one_entry_in_words_with_what_left_where_its_record_opens(audited: Audited, folder: Path) -> None:
    event = release(audited)["event_id"]
    told = run("show", str(folder), event, "--key", str(audited.key))
    assert told.exit_code == 0, told.output
    for words in (
        "Release about to leave (release.intent)",
        "Social worker, children (SW-CHILD) of northshire-csc",
        "Children Act 1989 section 47",
        "7 people, 1 of them with nothing shown",
        "Location (DM2): whole",
    ):
        assert words in told.output
    assert not named(told.output, ("Mia", "Reid", "9991000011"))
    closed = run("show", str(folder), event)
    assert "Location (DM2)" not in closed.output
    assert "or it does not open" in closed.output
    assert run("show", str(folder), "A" * 22).exit_code == 2


def test_what_was_shown_at_the_hub_itself_was_entered_first(audited: Audited) -> None:
    before = len(audited.reads())
    home = str(audited.served.world.home)
    assert "Location (DM2): whole" in run("show", home, release(audited)["event_id"]).output
    assert run("search", home, "--kind", "release").exit_code == 0
    assert [one["command"] for one in audited.reads()[before:]] == ["show", "search"]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("--kind", "release.intent"), 1),
        (("--kind", "release.intent", "--organisation", "northshire-nhs"), 0),
        (("--role", "SW-CHILD", "--purpose", "C-S47", "--kind", "release.intent"), 1),
        (("--kind", "publish.accepted", "--log", "hub", "--organisation", "haven-sms"), 1),
        (("--until", "2020-01-01"), 0),
    ],
)
def test_entries_are_found(folder: Path, words: tuple[str, ...], count: int) -> None:
    ran = run("search", str(folder), *words, "--json")
    rows = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    assert (ran.exit_code, len(rows)) == (0 if count else 5, count), ran.output


def test_what_refers_to_an_entry_and_the_entries_of_a_person_are_found(
    audited: Audited, folder: Path
) -> None:
    entry = release(audited)
    by_event = run("search", str(folder), "--event", entry["event_id"], "--json").stdout.splitlines()
    assert {json.loads(line)["entry"]["kind"] for line in by_event} == {"release.intent", "release.outcome"}
    by_case = run("search", str(folder), "--case", entry["case_hash"]).stdout
    assert "release.intent" in by_case
    home = str(audited.served.world.home)
    hers = run("search", home, "--person", "--json", typed="999 100 0011\n2019-05-07\n").stdout.splitlines()
    assert [json.loads(line)["entry"]["kind"] for line in hers] == ["query.sent", "release.intent"]
    assert run("search", home, "--person", typed="").exit_code == 2


def test_an_entry_is_proved_and_the_proof_is_the_standards(
    audited: Audited, folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "entry.tlog-proof"
    assert run("prove", str(folder), release(audited)["event_id"], "--out", str(file)).exit_code == 0
    keys = read_trust(audited.trust().read_text(encoding="utf-8"))
    assert Proof.parse(file.read_bytes()).verify(keys).origin.endswith(LOG)
    checked = run("check-receipt", str(file), "--trust", str(audited.trust()))
    assert (checked.exit_code, "in a log of" in checked.output) == (5, True)
    by_place = run("prove", str(folder), "--log", LOG, "--index", "1").stdout
    assert by_place.startswith("c2sp.org/tlog-proof@v1\n")


def test_that_a_log_only_grew_is_proved(audited: Audited, folder: Path) -> None:
    size = Checkpoint.parse(split_note((folder / "hub/checkpoint").read_bytes())[0]).size
    said = run("prove", str(folder), "--log", "hub", "--old", "3").stdout.encode()
    head, _, note = said.partition(b"\n\n")
    old, *hashes = head.decode().split("\n")
    assert old == "old 3"
    keys = read_trust(audited.trust().read_text(encoding="utf-8"))
    grown = json.loads(run("prove", str(folder), "--log", "hub", "--old", "3", "--new", str(size - 1)).stdout)
    root = unb64u(grown["old_root"])
    now = open_checkpoint(note, keys)
    assert verify_consistency(3, now.size, root, now.root, [decode64(one) for one in hashes])
    for wrong in (("--old", "0"), ("--old", str(size + 1)), ("--log", "nobody", "--old", "1")):
        assert run("prove", str(folder), "--log", "hub", *wrong).exit_code in (1, 2)


def test_a_wrong_release_is_told_with_its_clock(audited: Audited, folder: Path) -> None:
    event = release(audited)["event_id"]
    aware = (datetime.now(UTC) - timedelta(hours=70)).strftime("%Y-%m-%dT%H:%M")
    words = ("misrelease", str(folder), "--key", str(audited.key), "--event", event)
    told = json.loads(run(*words, "--aware", aware, "--json").stdout)
    assert 1.9 <= told["hours_left"] <= 2.1
    (answer,) = told["answers"]
    assert "Patient.address" in answer["fields"]["DM2"]
    assert [row["role"] for row in told["recipients"]] == ["SW-CHILD"]
    late = (datetime.now(UTC) - timedelta(hours=80)).strftime("%Y-%m-%dT%H:%M")
    assert "8.0 hours too late" in run(*words, "--aware", late).output
    ahead = (datetime.now(UTC) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    assert run(*words, "--aware", ahead).exit_code == 2
    # Without the key it is not known what left, and everything counts.
    unopened = run("misrelease", str(folder), "--event", event, "--json")
    assert (unopened.exit_code, json.loads(unopened.stdout)["answers"][0]["certain"]) == (5, False)


def test_a_pack_for_a_court_checks_itself_and_holds_no_name(
    audited: Audited, folder: Path, tmp_path: Path
) -> None:
    event, out = release(audited)["event_id"], tmp_path / "pack.zip"
    words = ("--event", event, "--trust", str(audited.trust()), "--key", str(audited.key))
    ran = run("evidence", str(folder), *words, "--records", "--out", str(out))
    assert ran.exit_code == 0, ran.output
    with zipfile.ZipFile(out) as packed:
        packed.extractall(tmp_path / "pack")
    pack = tmp_path / "pack"
    summed = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=pack, capture_output=True, check=False
    )
    assert summed.returncode == 0, summed.stdout
    listed = {line.split("  ")[1] for line in (pack / "SHA256SUMS").read_text(encoding="utf-8").splitlines()}
    assert listed == {path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file()} - {
        "SHA256SUMS"
    }
    proof = pack / f"entries/{event}.tlog-proof"
    assert run("check-receipt", str(proof), "--trust", str(pack / "keys.vkeys")).exit_code == 5
    statement = (pack / "statement.html").read_text(encoding="utf-8")
    assert "Location (DM2): whole" in statement
    for path in pack.rglob("*"):
        if path.is_file():
            assert not named(path.read_bytes(), ("Mia", "Reid", "9991000011")), path
    # Keys of somebody else: nothing is packed.
    (tmp_path / "other.vkeys").write_text(
        "northshire-hub/northshire-csc+8283d578+AXqRZKJ6XuszlysJQmeqjHPd+HPfR9CT3Fl0qa66Rkqr\n",
        encoding="utf-8",
    )
    wrong = run(
        "evidence",
        str(folder),
        "--event",
        event,
        "--trust",
        str(tmp_path / "other.vkeys"),
        "--out",
        str(tmp_path / "no"),
    )
    assert (wrong.exit_code, (tmp_path / "no").exists()) == (1, False)


@pytest.fixture(scope="module")
def events(audited: Audited) -> list[dict[str, Any]]:
    file = audited.desk / "events.ndjson"
    ran = run("export", str(audited.desk / "audit"), str(file), "--as", "fhir")
    assert ran.exit_code == 0, ran.output
    return [json.loads(line) for line in file.read_bytes().splitlines()]


def test_decisions_and_releases_are_audit_events_for_each_person(
    audited: Audited, events: list[dict[str, Any]]
) -> None:
    assert all(not faults(event) for event in events)
    entry = release(audited)
    shown = sum(bool(subject["leaves"]) for subject in entry["subjects"])
    own = [event for event in events if event["id"].startswith(_hex(entry["event_id"]))]
    profiles = [event["meta"]["profile"][0] for event in own]
    assert (profiles.count(AUTHORISED), profiles.count(DISCLOSED)) == (len(entry["subjects"]), shown)
    assert sum(event["outcome"] == "8" for event in own) == len(entry["subjects"]) - shown


def test_each_carries_log_place_and_leaf_hash(audited: Audited, events: list[dict[str, Any]]) -> None:
    leaves = audited.served.world.leaves(LOG)
    for event in events:
        (place,) = [
            {one["type"]: one for one in entity["detail"]} for entity in event["entity"] if "detail" in entity
        ]
        if not place["log"]["valueString"].endswith(LOG):
            continue
        index = int(place["index"]["valueString"])
        assert decode64(place["leaf-hash"]["valueBase64Binary"]) == leaf_hash(leaves[index])
        assert _hex(json.loads(leaves[index])["entry"]["event_id"]) == event["id"].partition("-")[0]


AGENTS = {
    AUTHORISED: {"110150", "IRCP", "PROV", "authserver"},
    DISCLOSED: {"110153", "110152", "IRCP"},
}
ENTITIES = {AUTHORISED: {"1", "Consent"}, DISCLOSED: {"1", "2"}}
PATTERN = {AUTHORISED: ("110113", "AuthZ-Consent", "E"), DISCLOSED: ("110106", "disclose", "R")}


def test_they_have_what_the_profiles_ask_for(events: list[dict[str, Any]]) -> None:
    """IHE BALP 1.1: the slices and patterns of both profiles, as their differentials state them."""
    profiled = [event for event in events if "meta" in event]
    assert {event["meta"]["profile"][0] for event in profiled} == set(PATTERN)
    for event in profiled:
        (profile,) = event["meta"]["profile"]
        assert (event["type"]["code"], event["subtype"][0]["code"], event["action"]) == PATTERN[profile]
        assert {agent["type"]["coding"][0]["code"] for agent in event["agent"]} == AGENTS[profile]
        assert {entity["type"]["code"] for entity in event["entity"]} == ENTITIES[profile]
        assert all("who" in agent for agent in event["agent"])
        networked = {"110150", "110153", "110152"}
        for agent in event["agent"]:
            assert ("network" in agent) == (agent["type"]["coding"][0]["code"] in networked)


def _hex(event_id: str) -> str:
    return unb64u(event_id).hex()
