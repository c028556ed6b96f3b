"""The file of a backup: a compressed tar whose last member lists every other with its size and digest."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import orjson

MANIFEST = "manifest.json"
FORMAT = 1
MANIFEST_BYTES = 50_000_000
_MEMBER = re.compile(r"database\.(sqlite|dump)|anchors\.jsonl|keys/[a-z_]+(\.\d+)?|evidence/[A-Za-z0-9_-][A-Za-z0-9._/-]*", re.ASCII)

Manifest = dict[str, Any]


class BadArchive(Exception):
    """The message says what is wrong with the file."""


class Archive:
    """A backup that is being written."""

    def __init__(self, tar: tarfile.TarFile, about: Manifest) -> None:
        self._tar, self._about = tar, about
        self._members: dict[str, dict[str, Any]] = {}

    def add_file(self, path: Path, name: str) -> None:
        with path.open("rb") as file:
            self._add(file, name, os.fstat(file.fileno()).st_size)

    def add_bytes(self, data: bytes, name: str) -> None:
        self._add(io.BytesIO(data), name, len(data))

    def finish(self) -> None:
        body = orjson.dumps({"format": FORMAT, **self._about, "members": self._members})
        self._tar.addfile(_header(MANIFEST, len(body)), io.BytesIO(body))

    def _add(self, file: IO[bytes], name: str, size: int) -> None:
        hashed = _Hashed(file)
        self._tar.addfile(_header(name, size), cast("IO[bytes]", hashed))
        self._members[name] = {"bytes": size, "sha256": hashed.digest.hexdigest()}


@contextmanager
def written(target: Path, about: Manifest) -> Iterator[Archive]:
    """Write ``target`` whole or not at all. What is given out takes the members; it is read again before it counts."""
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with unfinished.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as tar:
                archive = Archive(tar, about)
                yield archive
                archive.finish()
            file.flush()
            os.fsync(file.fileno())
        read_manifest(unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def read_manifest(path: Path) -> Manifest:
    """What the archive says of itself, after every member was compared with it. Raises BadArchive."""
    found: dict[str, dict[str, Any]] = {}
    manifest: Manifest = {}
    with opened(path) as tar:
        for member in members(tar):
            file = tar.extractfile(member)
            assert file is not None
            if member.name == MANIFEST:
                manifest = orjson.loads(file.read(MANIFEST_BYTES))
            else:
                found[member.name] = {"bytes": member.size, "sha256": hashlib.file_digest(cast("Any", file), "sha256").hexdigest()}
    _compare(manifest, found)
    return manifest


@contextmanager
def opened(path: Path) -> Iterator[tarfile.TarFile]:
    """Raises BadArchive for whatever a damaged file makes the reader say."""
    try:
        with tarfile.open(path, mode="r:gz") as tar:
            yield tar
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise BadArchive(f"{path} cannot be read as a backup: it is damaged or cut off") from error


def members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Every member; names we never write are refused, and so is everything that is not a plain file. Raises BadArchive."""
    for member in tar:
        parts = member.name.split("/")
        if not member.isfile() or ".." in parts or not (member.name == MANIFEST or _MEMBER.fullmatch(member.name)):
            raise BadArchive(f"the backup holds {member.name!r}, which no backup of ours holds")
        yield member


def _compare(manifest: Manifest, found: dict[str, dict[str, Any]]) -> None:
    if manifest.get("format") != FORMAT:
        raise BadArchive("the backup has no list of its contents: it is cut off, or not one of ours")
    listed = manifest["members"]
    for name in sorted(listed.keys() ^ found.keys()):
        raise BadArchive(f"{name} is {'missing in' if name in listed else 'not listed by'} the backup")
    for name, is_there in found.items():
        if listed[name] != is_there:
            raise BadArchive(f"{name} was changed after the backup was made")


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    return header


class _Hashed:
    """A file whose digest is known once it was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data
