"""Get the free Chinese fonts of the four roles: download pinned packages through pip and npm, make one ``.ttf`` of each.

All are under the SIL Open Font License 1.1. pip and npm are called as commands, so that this machine's index, proxy and
certificates apply.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

import orjson

from webapp.core.node import NodeMissing, Say, node_commands
from webapp.printing import fonts

LICENCE_ELSEWHERE = b"SIL Open Font License 1.1: full text in song-license.txt"  # one package only names it


class FetchFailed(Exception):
    """The fonts could not be fetched; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Package:
    """One archive of a registry; ``file`` is its name there."""

    name: str
    version: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the face of a role comes from."""

    role: str
    package: Package
    member: str  # the outlines: an ending of file names in the archive
    weight: int | None = None  # of a variable font


SOURCES = (
    Source(
        "song",
        Package(
            "pylopdf-fonts-zh-cn",
            "0.1.1",
            "pylopdf_fonts_zh_cn-0.1.1-py3-none-any.whl",
            "e2661ef3790cbe0f0f6aa5338b6859b7cd288ee75bc88cd4239c62cd025d4fb3",
        ),
        "NotoSerifSC-Regular.otf",
    ),
    Source(
        "title",
        Package(
            "@fontsource-variable/noto-serif-sc",
            "5.3.1",
            "fontsource-variable-noto-serif-sc-5.3.1.tgz",
            "ddadf818338639236bf2b968991856e2dfd788b2bdcb8aa62efe89161eb0a6b9",
        ),
        "-wght-normal.woff2",
        weight=700,
    ),
    Source(
        "hei",
        Package(
            "@fontsource-variable/noto-sans-sc",
            "5.3.1",
            "fontsource-variable-noto-sans-sc-5.3.1.tgz",
            "95a11c5bbacd9995d94fc8cf964ee687307aacf20957ca6a4a16077519388163",
        ),
        "-wght-normal.woff2",
        weight=500,
    ),
    Source(
        "kai",
        Package(
            "cn-fontsource-lxgw-wen-kai-gb-screen",
            "1.0.6",
            "cn-fontsource-lxgw-wen-kai-gb-screen-1.0.6.tgz",
            "ee8154471ec1911d4d8a259dedf8dbecc3a0e9a60b9528e43af578c3e41d9b41",
        ),
        ".woff2",
    ),
)


def fetch(say: Say) -> None:
    """Put what is missing or damaged into ``fonts.folder()``. Raises FetchFailed.

    Without the network if all is there. A failure leaves whole fonts only; the next call gets the rest.
    """
    folder = fonts.folder()
    missing = [source for source in SOURCES if not is_whole(source, folder)]
    if not missing:
        return
    say("fetching the Chinese fonts for printing (38 MB and one to three minutes, once)")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix="unfinished-") as work:
            _install(missing, Path(work), say)
    except NodeMissing as error:
        raise FetchFailed(str(error)) from error
    except BrokenProcessPool as error:
        raise FetchFailed("The fonts could not be converted: the machine stopped it. Free some memory and try again.") from error
    except OSError as error:
        reason = error.strerror or error
        raise FetchFailed(
            f"The fonts cannot be put into {folder}: {reason}. Repair that, or set ZHIJIAN_FONTS to another folder."
        ) from error


def is_whole(source: Source, folder: Path) -> bool:
    """Whether the font is there, from the pinned package, and unchanged since it was made."""
    try:
        return bool(orjson.loads(_record(source.role, folder).read_bytes()) == _described(source, folder))
    except (OSError, ValueError):
        return False


def _install(missing: Sequence[Source], work: Path, say: Say) -> None:
    """Convert one font while the next is downloaded."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(len(missing), os.cpu_count() or 1), mp_context=spawn) as pool:
        made: list[Future[str]] = []
        for source in missing:
            say(f"{source.role}: {source.package.name} {source.package.version}")
            made.append(pool.submit(_make, source, _downloaded(source.package, work, say), work))
        for line in made:
            say(line.result())


def _downloaded(package: Package, work: Path, say: Say) -> Path:
    command = _command(package, work, say)
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    archive = work / package.file
    if done.returncode or not archive.is_file():
        lines = [line for line in (done.stderr or done.stdout).strip().splitlines() if line.strip()]
        reason = (lines or ["no reason given"])[-1][:300].rstrip(".")
        raise FetchFailed(f"{package.name} {package.version} could not be downloaded: {reason}. Connect to the network and try again.")
    found = _sha256(archive)
    if found != package.sha256:
        archive.unlink()
        raise FetchFailed(
            f"{package.file} is not the file we know: its SHA-256 is {found} instead of {package.sha256}. "
            "It was deleted. Try again; if it stays so, report it and do not use this package index."
        )
    return archive


def _command(package: Package, work: Path, say: Say) -> list[str]:
    if package.file.endswith(".whl"):
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
        return [*pip, "--no-deps", "--only-binary", ":all:", "--dest", str(work), f"{package.name}=={package.version}"]
    npm = node_commands(say).npm
    return [*npm, "pack", "--loglevel=error", "--pack-destination", str(work), f"{package.name}@{package.version}"]


def _make(source: Source, archive: Path, work: Path) -> str:
    """Build and install the font of a role; returns a line for the person who waits. Runs in a process of its own."""
    from webapp.printing import outlines

    role, made = source.role, work / source.role
    made.mkdir()
    font = outlines.joined(_members(archive, source.member), f"Zhijian{role.title()}", weight=source.weight)
    font.save(made / f"{role}.ttf")
    licence = next(_members(archive, "LICENSE"), LICENCE_ELSEWHERE).decode()
    (made / f"{role}-license.txt").write_text("\n".join([*outlines.copyright_notices(font), "", licence]), encoding="utf-8")
    _record(role, made).write_bytes(orjson.dumps(_described(source, made), option=orjson.OPT_INDENT_2))
    for name in (f"{role}-license.txt", f"{role}.ttf", f"{role}.json"):  # the record last: what it names is there
        (made / name).replace(work.parent / name)
    return f"{role}.ttf: {len(font.getBestCmap()):,} characters"


def _members(archive: Path, ending: str) -> Iterator[bytes]:
    """The files of a wheel or an npm archive with this ending, in a fixed order."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            yield from (wheel.read(name) for name in sorted(wheel.namelist()) if name.endswith(ending))
        return
    with tarfile.open(archive) as tarball:
        members = [tarball.extractfile(name) for name in sorted(tarball.getnames()) if name.endswith(ending)]
        yield from (file.read() for file in members if file)


def _record(role: str, folder: Path) -> Path:
    return folder / f"{role}.json"


def _described(source: Source, folder: Path) -> dict[str, str]:
    return {
        "package": f"{source.package.name} {source.package.version}",
        "package_sha256": source.package.sha256,
        "weight": str(source.weight),
        "font_sha256": _sha256(folder / f"{source.role}.ttf"),
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
