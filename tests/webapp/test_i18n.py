"""Every sentence people can see exists in both languages."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

import webapp
from webapp.core.errors import DomainError
from webapp.core.i18n import CHINESE, catalogue, catalogue_files

SOURCES = Path(webapp.__file__).parent
KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "lazy_ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def used_in_sources() -> dict[str, str]:
    """Singular message ids of code and templates, with where they stand."""
    found: dict[str, str] = {}
    for path in sorted(SOURCES.rglob("*")):
        method = {".py": "python", ".html": "jinja2"}.get(path.suffix)
        if method:
            options = {"newstyle_gettext": "true"} if method == "jinja2" else {}
            with path.open("rb") as file:
                for line, message, _, _ in extract(method, file, KEYWORDS, (), options):
                    found.setdefault(message[0] if isinstance(message, tuple) else message, f"{path.relative_to(SOURCES)}:{line}")
    return found


def errors() -> set[type[DomainError]]:
    for module in pkgutil.walk_packages([str(SOURCES)], "webapp."):
        if not module.name.startswith(("webapp.wsgi", "webapp.__main__")):
            importlib.import_module(module.name)
    return set(_subclasses(DomainError))


def _subclasses(parent: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in parent.__subclasses__():
        if child.__module__.startswith("webapp."):
            yield child
        yield from _subclasses(child)


def messages() -> list[tuple[str, Message]]:
    read = [(path.name, read_po(BytesIO(path.read_bytes()), locale=CHINESE)) for path in catalogue_files(CHINESE)]
    return [(name, message) for name, found in read for message in found if message.id]


def texts(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (str(value),)


KNOWN = {texts(message.id)[0]: message for _, message in messages()}


def test_every_sentence_of_code_and_pages_has_chinese() -> None:
    missing = {message: where for message, where in used_in_sources().items() if message not in KNOWN}
    assert not missing


def test_every_refusal_has_chinese() -> None:
    missing = {error.__name__: error.template() for error in errors() if error.template() not in KNOWN}
    assert not missing


def test_every_refusal_tells_what_to_do_in_a_sentence() -> None:
    for error in errors():
        assert inspect.cleandoc(error.__doc__ or "").strip().endswith((".", "!")), error


def test_translations_are_filled_in_and_keep_their_placeholders() -> None:
    for file, message in messages():
        for translation in texts(message.string):
            assert translation.strip(), f"{file}: {message.id}"
            assert set(PLACEHOLDER.findall(translation)) == set(PLACEHOLDER.findall(texts(message.id)[-1])), f"{file}: {message.id}"


def test_no_sentence_is_translated_in_two_ways() -> None:
    seen: dict[str, tuple[str, ...]] = {}
    for file, message in messages():
        translation = seen.setdefault(texts(message.id)[0], texts(message.string))
        assert translation == texts(message.string), f"{file}: {message.id}"


def test_catalogues_are_read_without_compiled_files() -> None:
    assert catalogue(CHINESE).ugettext("Employers") == "用人单位"
    assert catalogue("en").ugettext("Employers") == "Employers"
