"""Read diagrams, decisions and forms from files: what ``zhijian init`` and ``zhijian deploy`` publish."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import orjson
from lxml import etree

import bpmn
from bpmn.engine.ports import Artifact
from webapp.core.errors import Invalid

SHIPPED = Path(bpmn.__file__).parent
MAX_BYTES = 2 * 1024 * 1024
_KINDS = {".bpmn": "bpmn", ".dmn": "dmn", ".json": "form"}
_KEYED = {"bpmn": "{*}process", "dmn": "{*}decision"}


class UnreadableFile(Invalid):
    """%(name)s cannot be read: %(reason)s."""


def shipped() -> list[Artifact]:
    """The files of the ``bpmn`` folder: the first edition."""
    return read(path for folder in ("processes", "decisions", "forms") for path in sorted((SHIPPED / folder).iterdir()))


def read(paths: Iterable[Path]) -> list[Artifact]:
    """One artifact a file. Raises UnreadableFile."""
    return [_artifact(path) for path in paths if path.suffix in _KINDS or not path.name.startswith(".")]


def kind_of(name: str) -> str | None:
    """ "bpmn", "dmn" or "form" by the end of a file name; None for other files."""
    return _KINDS.get(Path(name).suffix.lower())


def key_in(kind: str, content: bytes) -> str | None:
    """Id of the first process or decision, or the form's key; None if the file does not parse or has none."""
    try:
        if kind == "form":
            key = orjson.loads(content)["key"]
            return key if isinstance(key, str) else None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        found = etree.fromstring(content, parser).find(_KEYED[kind])
        return found.get("id") if found is not None else None
    except (ValueError, KeyError, TypeError, etree.XMLSyntaxError):
        return None


def _artifact(path: Path) -> Artifact:
    kind = _KINDS.get(path.suffix)
    if kind is None:
        raise UnreadableFile(name=path.name, reason="only .bpmn, .dmn and .json files can be published")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFile(name=path.name, reason="the file is larger than 2 MB")
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(name=path.name, reason=error.strerror or "no such file") from error
    key = key_in(kind, content) or path.stem  # a file that does not parse keeps its name and fails in the checks
    return Artifact(kind, key, content, hashlib.sha256(content).hexdigest())
