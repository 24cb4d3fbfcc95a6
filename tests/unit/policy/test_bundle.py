"""The bundle for an OPA server: one book, one file."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from services.contract.problems import BadSetting
from services.policy.bundle import bundle_of, write_bundle
from services.policy.opa import ServerEngine
from tests.policy_world import shipped_book


def test_it_is_the_same_bytes_each_time_and_carries_the_revision() -> None:
    made = bundle_of(shipped_book())
    assert made == bundle_of(shipped_book())
    with tarfile.open(fileobj=io.BytesIO(made)) as archive:
        names = archive.getnames()
        manifest = json.load(archive.extractfile("/.manifest") or io.BytesIO())
        data = json.load(archive.extractfile("/data.json") or io.BytesIO())
    assert manifest["revision"] == data["book"]["revision"] == shipped_book().revision
    assert len([name for name in names if name.endswith(".rego")]) == len(shipped_book().rego)
    assert not [name for name in names if name.endswith("_test.rego")]


def test_it_replaces_what_stood_there_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "deep/bundle.tar.gz"
    write_bundle(shipped_book(), path)
    write_bundle(shipped_book(), path)
    assert [each.name for each in path.parent.iterdir()] == ["bundle.tar.gz"]


@pytest.mark.parametrize("address", ["", "localhost:8181", "ftp://host:1", "http://", "http://host:port"])
def test_an_address_that_is_none_names_the_setting(tmp_path: Path, address: str) -> None:
    with pytest.raises(BadSetting, match="MASH_OPA"):
        ServerEngine(address, tmp_path / "b", 1)
