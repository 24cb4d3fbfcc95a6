"""Real OPA servers for tests, each over the policies that the test names."""

from collections.abc import Sequence
from pathlib import Path

import httpx2

from services.cli.parts.cache import CannotObtain, cache_folder
from services.cli.parts.go import system_go
from services.cli.parts.opa import OPA_VERSION, OpaServer, opa_binary, system_opa
from services.cli.parts.process import free_port
from tests.real.containers import Contained
from tests.real.find import Elsewhere, Server, Way, by_address, by_container

IMAGE = f"openpolicyagent/opa:{OPA_VERSION}-static"


def ways(
    folder: Path, policies: Sequence[Path] = (), *, bundle: bool = False, arguments: Sequence[str] = ()
) -> list[Way[Server]]:
    """In order; a server that is started here keeps its log and port in `folder`."""
    plain = not bundle and not arguments

    def elsewhere(address: str) -> Server:
        if not plain:
            raise CannotObtain("a server at an address takes no bundle and no arguments from a test")
        return filled(address, policies)

    def contained() -> Server:
        if arguments:
            raise CannotObtain("arguments name files of this machine, which a container does not see")
        return in_container(policies, bundle=bundle)

    def local() -> Server:
        opa_binary()
        server = OpaServer(folder, *policies, bundle=bundle, arguments=arguments)
        server.start()
        return server

    return [by_address("opa", elsewhere), by_container(IMAGE, contained), Way("local", outlook, local)]


def outlook() -> str:
    if system_opa():
        return f"OPA {OPA_VERSION} of the system"
    if (cache_folder() / f"opa-{OPA_VERSION}/opa").is_file():
        return f"OPA {OPA_VERSION}, kept"
    return f"OPA {OPA_VERSION}, to be built with {'Go of the system' if system_go() else 'Go out of a wheel'}"


def filled(address: str, policies: Sequence[Path]) -> Server:
    """Put the policies into a server that somebody else runs, under names of their own."""
    for path in policies:
        for file in sorted(path.rglob("*.rego")) if path.is_dir() else [path]:
            answer = httpx2.put(f"{address}/v1/policies/{file.stem}", content=file.read_bytes())
            if answer.status_code != httpx2.codes.OK:
                raise CannotObtain(f"the server at MASH_TEST_OPA refuses {file.name}: {answer.status_code}")
    return Elsewhere("opa", address)


def in_container(policies: Sequence[Path], *, bundle: bool) -> Server:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    inside = {path.resolve(): f"/policies/{number}/{path.name}" for number, path in enumerate(policies)}
    command = ["run", "--server", "--addr", "0.0.0.0:8181", "--skip-version-check"]
    command += [*(["--bundle"] if bundle else []), *inside.values()]
    container = Contained(
        IMAGE, address, (8181, port), lambda: healthy(address), command=command, folders=inside
    )
    container.start()
    return container


def healthy(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/health", timeout=2).status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False
