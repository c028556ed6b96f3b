"""Check a draft before the transaction that stores the result: the check takes a child process and its time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from bpmn.engine.forms import FormRefused, compile_form
from bpmn.engine.lint import xml
from bpmn.engine.ports import Artifact, Problem
from webapp.core.i18n import gettext, locale_tag
from webapp.diagrams.errors import UnreadableUpload
from webapp.diagrams.models import Draft, Found
from webapp.diagrams.queries import artifacts_of_draft
from webapp.diagrams.services import artifact
from webapp.processes import editions
from webapp.processes.files import MAX_BYTES, key_in, kind_of

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in the edition called ``digest``."""

    digest: str
    problems: list[Problem]


def check(draft: Draft, *instead: Artifact) -> Checked:
    """Everything wrong with the edition this draft would make; ``instead``: files as typed, not saved yet."""
    files = editions.laid_over([*artifacts_of_draft(draft), *instead])
    return Checked(editions.digest_of(files), editions.check(files))


def shown(problems: Iterable[Found]) -> list[dict[str, str | None]]:
    """Problems in the language of the request, errors first."""
    rows = sorted(problems, key=lambda one: (one["severity"] != "error", one["file"] or ""))
    return [{**{name: one[name] for name in ("severity", "file", "element", "rule")}, "message": one[locale_tag()]} for one in rows]


def read_upload(name: str, content: bytes) -> Artifact:
    """A file as it was chosen in the browser. Raises UnreadableUpload with a sentence for what nobody can edit."""
    kind = kind_of(name)
    if kind is None:
        raise UnreadableUpload(name=name, reason=gettext("Only .bpmn, .dmn and .json files can be used."))
    refuse_unreadable(kind, content, name=name)
    key = key_in(kind, content)
    if key is None:
        raise UnreadableUpload(name=name, reason=gettext("It has no process, decision or form with a key."))
    if not KEY.fullmatch(key):
        raise UnreadableUpload(
            name=name, reason=gettext("Its key “%(key)s” may only have small letters, digits and underscores.", key=key[:60])
        )
    return artifact(kind, key, content)


def refuse_unreadable(kind: str, content: bytes, *, name: str) -> None:
    """Raises UnreadableUpload if the bytes are no file of this kind at all; everything milder is a problem on the list."""
    if len(content) > MAX_BYTES:
        raise UnreadableUpload(name=name, reason=gettext("It is larger than 2 MB."))
    problems = _form_problems(content) if kind == "form" else _document_problems(kind, content)
    if problems:
        raise UnreadableUpload(name=name, reason=problems[0].zh if locale_tag() == "zh" else problems[0].en)


def _document_problems(kind: str, content: bytes) -> list[Problem]:
    root, problems = xml.read(content, kind=kind)
    return problems if root is None else []


def _form_problems(content: bytes) -> list[Problem]:
    """A form that is JSON but refused can be listed; other bytes cannot."""
    try:
        if isinstance(orjson.loads(content), dict):
            return []
    except orjson.JSONDecodeError:
        pass
    try:
        compile_form(content)
    except FormRefused as refused:
        return list(refused.problems)
    return []
