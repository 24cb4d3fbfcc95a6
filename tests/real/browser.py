"""A real Chromium for tests, driven by Playwright.

Playwright's loop lives in the thread that started it, so a browser lasts for one test module: a longer one
would leave the loop running under the tests of other modules.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from services.cli.parts.cache import CannotObtain
from tests.real.find import Way

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# Nothing is fetched in the background. As root Chromium refuses its own sandbox.
FLAGS = (
    "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip


def ways() -> list[Way[Path]]:
    """In order; each gives the program."""
    return [
        Way("address", named_or_refused, lambda: Path(named())),
        Way("local", in_words(system_browser), lambda: found(system_browser())),
        Way("playwright", in_words(playwrights_own), lambda: found(playwrights_own())),
        Way("apt", by_apt_or_refused, by_apt),
    ]


def named() -> str:
    return os.environ.get("MASH_TEST_BROWSER", "")


def named_or_refused() -> str:
    if not named():
        raise CannotObtain("MASH_TEST_BROWSER is not set")
    return str(found(Path(named()) if Path(named()).is_file() else None))


def in_words(look: Callable[[], Path | None]) -> Callable[[], str]:
    return lambda: str(found(look()))


def found(path: Path | None) -> Path:
    if path is None:
        raise CannotObtain("not there")
    return path


def system_browser() -> Path | None:
    return next((Path(path) for path in map(shutil.which, NAMES) if path), None)


def playwrights_own() -> Path | None:
    """What `playwright install chromium` has put into the user's cache folder."""
    root = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright"
    return next(iter(sorted(Path(root).glob("chromium-*/chrome-linux*/chrome"), reverse=True)), None)


def by_apt_or_refused() -> str:
    """Only where the run is root's, on a machine of Debian's kind, and nobody has forbidden it."""
    if os.environ.get("MASH_NO_APT") == "1":
        raise CannotObtain("MASH_NO_APT=1 forbids installing Debian's chromium")
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise CannotObtain("install Chromium, or run `.venv/bin/playwright install chromium`")
    return "chromium, to be installed by apt-get (MASH_NO_APT=1 forbids it)"


def by_apt() -> Path:
    sys.stderr.write("tests: installing Debian's chromium by apt-get; MASH_NO_APT=1 forbids it\n")
    quietly = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        answer = subprocess.run(command, check=False, capture_output=True, text=True, env=quietly)
        if answer.returncode:
            raise CannotObtain(f"apt-get could not install chromium: {answer.stderr.strip()[-300:]}")
    return found(system_browser())


@contextmanager
def running(program: Path) -> Iterator[Browser]:
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=flags)
        except Error as why:
            raise CannotObtain(f"{program} did not start: {why.message[:300]}") from why
        try:
            yield browser
        finally:
            browser.close()
