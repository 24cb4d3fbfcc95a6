"""An auditor on another machine, with a key file, public keys and an address: downloads, verifies, decides again, signs."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.ledger.auditing.download import CannotDownload, _unpack
from tests.hub.audited import SOCIAL_WORKER, Audited, an_audited, enrol, make_key, run


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    with an_audited(tmp_path_factory.mktemp("audited")) as world:
        yield world


@pytest.fixture(scope="module")
def download(audited: Audited) -> Path:
    folder = audited.desk / "audit"
    ran = audited.fetch(folder)
    assert ran.exit_code == 0, ran.output
    return folder


@pytest.fixture
def folder(download: Path, tmp_path: Path) -> Path:
    """A copy to do harm to."""
    return Path(shutil.copytree(download, tmp_path / "audit"))


def test_what_is_downloaded_verifies_and_decides_again(audited: Audited, download: Path) -> None:
    checked = run("verify", str(download), "--trust", str(audited.trust()))
    assert checked.exit_code == 0, checked.output
    again = run("replay", str(download), "--key", str(audited.key), "--json")
    found = json.loads(again.output)
    assert (again.exit_code, found["otherwise"], found["unknown"]) == (0, {}, {})
    assert found["decisions"] == found["same"] >= 1


def test_each_reading_is_an_entry_by_the_auditor_before_it_leaves(audited: Audited, download: Path) -> None:
    reads = audited.reads()
    assert {(one["log"], "records" in one) for one in reads} >= {
        ("northshire-csc", False), ("northshire-csc", True), ("hub", False)
    }  # fmt: skip
    assert {one["by"]["role"] for one in reads} == {"AUDITOR"}


def test_records_are_sealed_to_the_auditor_and_to_nobody_else(
    audited: Audited, download: Path, tmp_path: Path
) -> None:
    sealed = b"".join(path.read_bytes() for path in (download / "records").rglob("*.ndjson"))
    assert sealed
    for word in (b"profiles", b'"Mia', b"release", b"northshire-csc"):
        assert word not in sealed
    other = make_key(tmp_path / "other.json", "another-audit")
    ran = run("replay", str(download), "--key", str(other))
    assert ran.exit_code == 1
    assert "does not open" in ran.output
    # Without a key nothing can be decided again, and that is said.
    assert run("replay", str(download)).exit_code == 5


def test_a_second_fetch_adds_what_is_new_and_keeps_the_older_checkpoint(
    audited: Audited, folder: Path
) -> None:
    before = (folder / "hub/checkpoint").read_bytes()
    assert audited.fetch(folder).exit_code == 0
    kept = list((folder / "hub/earlier").iterdir())
    assert [path.read_bytes() for path in kept] == [before]
    assert run("verify", str(folder), "--trust", str(audited.trust())).exit_code == 0


def test_one_who_may_read_entries_alone_gets_no_record(audited: Audited, tmp_path: Path) -> None:
    key = make_key(tmp_path / "entries.json", "entries-only")
    enrol(audited.served, key, scopes=("ledger/entries.read",))
    ran = audited.fetch(tmp_path / "got", key=key)
    assert ran.exit_code == 5
    assert "NOT GIVEN  the decision records of log northshire-csc" in ran.output
    assert not (tmp_path / "got/records").exists()


def test_one_who_is_not_registered_gets_nothing(audited: Audited, tmp_path: Path) -> None:
    key = make_key(tmp_path / "nobody.json", "nobody")
    ran = audited.fetch(tmp_path / "got", key=key)
    assert ran.exit_code == 4
    assert "The hub refuses" in ran.output
    assert not (tmp_path / "got").exists()


def test_the_report_is_signed_and_says_what_was_checked(
    audited: Audited, download: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report"
    ran = run(
        "report", str(download), "--trust", str(audited.trust()), "--key", str(audited.key), "--out", str(out)
    )
    assert ran.exit_code == 0, ran.output
    told = json.loads((out / "report.json").read_bytes())
    assert told["verdict"] == "good"
    note = (download / "northshire-csc/checkpoint").read_text(encoding="utf-8")
    assert note in {row["checkpoint"] for row in told["logs"]}
    signer = str(audited.key.with_suffix(".public.json"))
    good = run("check-report", str(out / "report.jws"), "--signer", signer)
    assert good.exit_code == 0
    assert "It says: good." in good.output
    sealed = (out / "report.jws").read_text(encoding="utf-8")
    head, body, signature = sealed.split(".")
    (out / "changed.jws").write_text(f"{head}.{body[:-8]}AAAAAAAA.{signature}", encoding="utf-8")
    assert run("check-report", str(out / "changed.jws"), "--signer", signer).exit_code == 1
    other = make_key(tmp_path / "other.json").with_suffix(".public.json")
    assert run("check-report", str(out / "report.jws"), "--signer", str(other)).exit_code == 1


def test_a_report_of_what_does_not_hold_says_so_and_is_signed_all_the_same(
    audited: Audited, folder: Path, tmp_path: Path
) -> None:
    shutil.rmtree(folder / "books")
    bundle = next(path for path in (folder / "hub/tile/entries").rglob("*") if path.is_file())
    bundle.write_bytes(bundle.read_bytes().replace(b"case.opened", b"case.closed"))
    out = tmp_path / "report"
    ran = run(
        "report", str(folder), "--trust", str(audited.trust()), "--key", str(audited.key), "--out", str(out)
    )
    assert ran.exit_code == 1
    told = json.loads((out / "report.json").read_bytes())
    assert told["verdict"] == "findings"
    assert {one["log"] for one in told["verified"]["findings"]} == {"hub"}
    assert set(told["decided"]["unknown"]) == {"book-missing"}
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Not as signed or recorded" in page
    assert "the book that decided is not kept here" in page


def test_the_key_that_opens_records_never_signs_for_the_auditor(audited: Audited, tmp_path: Path) -> None:
    """Each key does one thing: an assertion under the other one is refused, though it is registered."""
    told = json.loads(audited.key.read_text(encoding="utf-8"))
    sealing = next(key for key in told["keys"] if key["use"] == "enc")
    forged = tmp_path / "forged.json"
    keys = [sealing | {"use": "sig", "alg": "ES384"}, sealing]
    forged.write_text(json.dumps(told | {"keys": keys}), encoding="utf-8")
    ran = audited.fetch(tmp_path / "got", key=forged)
    assert ran.exit_code == 4, ran.output
    assert not (tmp_path / "got").exists()


def test_a_worker_is_told_of_their_own_log_alone_and_given_no_record_and_no_book(
    audited: Audited, download: Path
) -> None:
    served = audited.served
    worker = served.token(SOCIAL_WORKER)
    told = json.loads(served.raw("GET", "/ledger/logs", worker).split(b"\r\n\r\n", 1)[1])
    assert [row["log"] for row in told["logs"]] == ["northshire-csc"]
    book = next((download / "books").iterdir()).name
    for path in (f"/ledger/books/{book}", "/ledger/northshire-csc/records/000.p/1"):
        assert b" 404 " in served.raw("GET", path, worker).split(b"\r\n")[0]


def test_a_book_that_leads_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    """As a hub might serve it that means an auditor harm."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("../../outside.txt", "x")
    with pytest.raises(CannotDownload, match="a name that no book has"):
        _unpack(packed.getvalue(), tmp_path / "books" / ("a" * 64))
    assert not (tmp_path / "outside.txt").exists()
    assert not list(tmp_path.rglob("*.txt"))
