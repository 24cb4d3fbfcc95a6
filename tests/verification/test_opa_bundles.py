"""A real OPA server takes no bundle that is not the hub's own: unsigned, changed, of another key, or signed twice."""

import gzip
import io
import json
import tarfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from services.contract.canonical import unb64u
from services.policy.bundle import bundle_of
from services.policy.bundle_key import SIGNATURES, BundleKey
from services.policy.opa import ServerEngine
from services.policy.opa_server import write_server_files
from services.policy.ports import EngineFailed
from services.runtime.keys import KeyFolder
from tests.policy_world import hosted, shipped_book
from tests.real.find import Server
from tests.verification.test_opa_guarded import ASKED, POLLS, Guarded, guarded, revised

__all__ = ["guarded"]


def repacked(files: Mapping[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(raw.getvalue())


def unpacked(bundle: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(bundle)) as archive:
        members = {name: archive.extractfile(name) for name in archive.getnames()}
        return {name: file.read() for name, file in members.items() if file}


def unsigned(whole: bytes) -> bytes:
    return repacked({name: file for name, file in unpacked(whole).items() if name != f"/{SIGNATURES}"})


def emptied(whole: bytes) -> bytes:
    return repacked({**unpacked(whole), f"/{SIGNATURES}": b'{"signatures":[]}'})


def corrupt(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def bad_signature(whole: bytes) -> bytes:
    files = unpacked(whole)
    head, payload, signature = json.loads(files[f"/{SIGNATURES}"])["signatures"][0].split(".")
    flipped = ("A" if signature[10] != "A" else "B").join((signature[:10], signature[11:]))
    files[f"/{SIGNATURES}"] = json.dumps({"signatures": [f"{head}.{payload}.{flipped}"]}).encode()
    return repacked(files)


def signed_twice(whole: bytes) -> bytes:
    files = unpacked(whole)
    (token,) = json.loads(files[f"/{SIGNATURES}"])["signatures"]
    files[f"/{SIGNATURES}"] = json.dumps({"signatures": [token, token]}).encode()
    return repacked(files)


def changed_file(whole: bytes) -> bytes:
    files = unpacked(whole)
    return repacked({**files, "/data.json": files["/data.json"].replace(b"SW-CHILD", b"SW-ADULT", 1)})


def file_more(whole: bytes) -> bytes:
    return repacked({**unpacked(whole), "/rego/more.rego": b"package mash.more\n\nx := 1\n"})


def own_key_inside(whole: bytes) -> bytes:
    """Signed by another key under the hub's key id."""
    files = unpacked(whole)
    (token,) = json.loads(files[f"/{SIGNATURES}"])["signatures"]
    claims = unb64u(token.split(".")[1])
    again = jws.serialize_compact({"alg": "ES256", "typ": "JWT"}, claims, ECKey.generate_key("P-256"))
    return repacked({**files, f"/{SIGNATURES}": json.dumps({"signatures": [again]}).encode()})


BAD: Mapping[str, Callable[[bytes], bytes]] = {
    one.__name__: one
    for one in (
        unsigned,
        emptied,
        corrupt,
        bad_signature,
        signed_twice,
        changed_file,
        file_more,
        own_key_inside,
    )
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bundle_that_is_not_the_hubs_keeps_the_old_one_and_readiness_says_so(
    guarded: Guarded, bad: str
) -> None:
    new = revised(40 + list(BAD).index(bad))
    guarded.leave(BAD[bad](bundle_of(new, guarded.key)))
    ends = time.monotonic() + POLLS
    while time.monotonic() < ends:
        assert guarded.engine.ready(shipped_book())
        assert not guarded.engine.ready(new)
        time.sleep(0.2)
    # Good again, the same book is taken: it was the bundle that was refused.
    guarded.engine.prepare(new)
    guarded.engine.prepare(shipped_book())


def test_a_bundle_of_another_hubs_key_is_no_book_from_a_cold_start_either(
    opa_server: Callable[..., Server], tmp_path: Path
) -> None:
    bundle, key = tmp_path / "bundle.tar.gz", BundleKey(KeyFolder(tmp_path / "keys"))
    other = BundleKey(KeyFolder(tmp_path / "others"))
    files = write_server_files(tmp_path / "opa", hosted(bundle), key)
    bundle.write_bytes(bundle_of(shipped_book(), other))
    server = opa_server(*files.policies, arguments=tuple(files.arguments))
    engine = ServerEngine(server.address, bundle, key, 5.0, files.token)
    time.sleep(POLLS)
    assert not engine.ready(shipped_book())
    with pytest.raises(EngineFailed, match="NoResult"):
        engine.ask(shipped_book(), ASKED)
    engine.close()
