"""The bundle for an OPA server: one book, one file."""

import io
import json
import tarfile
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from services.contract.canonical import digest
from services.contract.problems import BadSetting
from services.policy.bundle import bundle_of, write_bundle
from services.policy.bundle_key import BundleKey
from services.policy.opa import ServerEngine
from services.runtime.keys import KeyFolder
from tests.policy_world import shipped_book


@pytest.fixture
def key(tmp_path: Path) -> BundleKey:
    return BundleKey(KeyFolder(tmp_path / "keys"))


def test_it_is_the_same_files_each_time_and_carries_the_revision(key: BundleKey) -> None:
    made = bundle_of(shipped_book(), key)
    again = bundle_of(shipped_book(), key)
    assert {name: file for name, file in files_of(made).items() if name != "/.signatures.json"} == {
        name: file for name, file in files_of(again).items() if name != "/.signatures.json"
    }
    with tarfile.open(fileobj=io.BytesIO(made)) as archive:
        names = archive.getnames()
        manifest = json.load(archive.extractfile("/.manifest") or io.BytesIO())
        data = json.load(archive.extractfile("/data.json") or io.BytesIO())
    assert manifest["revision"] == data["book"]["revision"] == shipped_book().revision
    assert len([name for name in names if name.endswith(".rego")]) == len(shipped_book().rego)
    assert not [name for name in names if name.endswith("_test.rego")]


def files_of(bundle: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(bundle)) as archive:
        members = {name: archive.extractfile(name) for name in archive.getnames()}
        return {name: file.read() for name, file in members.items() if file}


def test_one_signature_covers_every_file_under_the_key_that_it_names(tmp_path: Path, key: BundleKey) -> None:
    files = files_of(bundle_of(shipped_book(), key))
    (token,) = json.loads(files.pop("/.signatures.json"))["signatures"]
    read = jwt.decode(token, ECKey.import_key(key.public_pem), algorithms=["ES256"])
    assert read.claims["keyid"] == key.id == read.header["kid"]
    assert {f"/{one['name']}": one["hash"] for one in read.claims["files"]} == {
        name: digest(content).hex() for name, content in files.items()
    }
    assert BundleKey(KeyFolder(tmp_path / "keys")).id == key.id


def test_it_replaces_what_stood_there_and_leaves_nothing_else(tmp_path: Path, key: BundleKey) -> None:
    path = tmp_path / "deep/bundle.tar.gz"
    write_bundle(shipped_book(), path, key)
    write_bundle(shipped_book(), path, key)
    assert [each.name for each in path.parent.iterdir()] == ["bundle.tar.gz"]


@pytest.mark.parametrize("address", ["", "localhost:8181", "ftp://host:1", "http://", "http://host:port"])
def test_an_address_that_is_none_names_the_setting(tmp_path: Path, key: BundleKey, address: str) -> None:
    with pytest.raises(BadSetting, match="MASH_OPA"):
        ServerEngine(address, tmp_path / "b", key, 1)
