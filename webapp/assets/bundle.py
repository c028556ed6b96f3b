"""Build the bundle: nothing if it is up to date, else npm and esbuild in a cache outside the tree."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from webapp.assets.notices import notices
from webapp.core.node import NodeCommands, Say, cache_folder, node_commands

PACKAGE = Path(__file__).resolve().parents[1]
MANIFEST = "manifest.json"
NOTICES = "THIRD-PARTY-NOTICES.txt"
ENTRIES = ("editor", "pages")  # the diagram editor; htmx for every page
OPTIONS = (
    "--bundle", "--minify", "--format=esm", "--target=es2022", "--charset=utf8", "--legal-comments=none", "--log-level=warning",
    "--entry-names=[name]-[hash]", "--asset-names=[name]-[hash]", "--loader:.woff2=file",
    "--loader:.woff=empty", "--loader:.ttf=empty", "--loader:.eot=empty", "--loader:.svg=empty",
)  # fmt: skip


class BuildFailed(Exception):
    """npm or esbuild refused; the message tells which and why."""


@dataclass(frozen=True, slots=True)
class Places:
    """``source``: package.json, package-lock.json and src; ``dist``: what the site serves."""

    source: Path = PACKAGE / "frontend"
    dist: Path = PACKAGE / "static" / "dist"


def build(places: Places | None = None, *, say: Say) -> bool:
    """Whether anything had to be built. Raises BuildFailed, NodeMissing."""
    places = places or Places()
    wanted = digest(places.source)
    if is_built(places.dist, wanted):
        return False
    say("building the files for the browser (some seconds; the first time it fetches about 12 MB)")
    commands = node_commands(say)
    modules = _installed(places.source, commands)
    with tempfile.TemporaryDirectory(dir=modules) as work:
        built = _bundled(places.source, Path(work), commands)
        _publish(built, places.dist, wanted)
    return True


def digest(source: Path) -> str:
    """Names everything the bundle is made from, the options of the build included."""
    found = hashlib.sha256(repr(OPTIONS).encode())
    for path in [source / "package.json", source / "package-lock.json", *sorted((source / "src").rglob("*"))]:
        if path.is_file():
            found.update(path.relative_to(source).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def is_built(dist: Path, wanted: str) -> bool:
    manifest = read_manifest(dist)
    names = [name for key, name in manifest.items() if key != "source"]
    return manifest.get("source") == wanted and all((dist / name).is_file() for name in [*names, NOTICES])


def libraries(source: Path) -> Path:
    """The folder of node_modules for exactly this lock file; not there until something was built from it."""
    lock = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()[:16]
    return cache_folder() / f"frontend-{lock}"


def read_manifest(dist: Path) -> dict[str, str]:
    """Plain name -> name with its hash, and under "source" what it was built from; empty without a bundle."""
    try:
        return dict(orjson.loads((dist / MANIFEST).read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}


def _installed(source: Path, commands: NodeCommands) -> Path:
    """The libraries; fetched once, then used without the network."""
    folder = libraries(source)
    if (folder / "node_modules").is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
        target = Path(unfinished) / folder.name
        target.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, target)
        # Nothing that was downloaded runs while it is installed; esbuild needs no install script.
        command = [*commands.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        _run(command, target, what="npm", advice=" The libraries for the browser come from the network; connect and try again.")
        try:
            target.rename(folder)
        except OSError:  # another process was faster
            if not (folder / "node_modules").is_dir():
                raise
    return folder


def _bundled(source: Path, work: Path, commands: NodeCommands) -> Path:
    """Folder with the files as they will be served, and meta.json of esbuild one level above."""
    shutil.copytree(source / "src", work / "src")
    esbuild = work.parent / "node_modules" / "esbuild" / "bin" / "esbuild"
    arguments = [*(f"src/{entry}.js" for entry in ENTRIES), *OPTIONS, "--outdir=out", "--metafile=meta.json"]
    _run([*commands.node, str(esbuild), *arguments], work, what="esbuild")
    return work / "out"


def _publish(built: Path, dist: Path, wanted: str) -> None:
    """New files first, then the manifest that names them, then the old ones go: readers always find a whole bundle."""
    meta = orjson.loads((built.parent / "meta.json").read_bytes())
    manifest = {"source": wanted, **{_plain(name): name for name in sorted(path.name for path in built.iterdir())}}
    dist.mkdir(parents=True, exist_ok=True)
    for path in built.iterdir():
        _replace(dist / path.name, path.read_bytes())
    _replace(dist / NOTICES, notices(built.parent, meta["inputs"]).encode())
    _replace(dist / MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    _remove_others(dist, manifest)


def _plain(name: str) -> str:
    """ "editor-ABC.js" -> "editor.js"."""
    stem, _, ending = name.rpartition(".")
    return f"{stem.rpartition('-')[0]}.{ending}"


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _remove_others(dist: Path, manifest: Mapping[str, str]) -> None:
    for path in dist.iterdir():
        if path.name not in {MANIFEST, NOTICES, *manifest.values()}:
            path.unlink(missing_ok=True)


def _run(command: Sequence[str], folder: Path, *, what: str, advice: str = "") -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in (done.stderr + done.stdout).strip().splitlines() if line.strip()]
        raise BuildFailed(f"{what} refused: {' | '.join(lines[:3])[:400]}.{advice}")
