"""Two languages: English sentences are the catalogue keys, Chinese comes from ``webapp/translations/zh_Hans_CN/*.po``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

import flask_babel
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from flask_login import current_user

CHINESE, ENGLISH = "zh_Hans_CN", "en"
LOCALES = (CHINESE, ENGLISH)
LANGUAGE_COOKIE = "lang"
TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"


def init_app(app: Flask) -> None:
    """Choose the language per request; commands and the loop speak Chinese."""
    babel = Babel(app, default_locale=CHINESE, default_timezone="Asia/Shanghai", locale_selector=_choose_locale)
    babel.domain_instance = Catalogues()
    app.jinja_env.globals.update(pick=pick, locale_tag=locale_tag, language_code=language_code)


def locale_tag() -> str:
    """ "zh" or "en": the key of texts that carry both languages themselves (diagrams, forms, rules)."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def language_code() -> str:
    """The value of the ``lang`` attribute."""
    return "en" if locale_tag() == "en" else "zh-CN"


def pick(texts: Mapping[str, str] | None) -> str:
    """The text of ``{"zh": ..., "en": ...}`` in the language of the request; the other one if it is missing."""
    if not texts:
        return ""
    return texts.get(locale_tag()) or texts.get("zh") or texts.get("en") or ""


def locale_of_browser() -> str:
    """The language this browser chose before, else the one it asks for; English only if it puts English before Chinese."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LOCALES:
        return str(chosen)
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh")
    return ENGLISH if best == "en" else CHINESE


def gettext(sentence: str, **values: object) -> str:
    """The sentence in the language of the request, with its values filled in."""
    return str(flask_babel.gettext(sentence, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Like ``gettext``, for ``num`` things."""
    return str(flask_babel.ngettext(one, many, num, **values))


class Catalogues(Domain):  # type: ignore[misc]  # flask_babel is untyped
    """Reads the text catalogues directly: no compiled file can be out of date."""

    def get_translations(self) -> NullTranslations:
        return catalogue(str(get_locale() or CHINESE))


@cache
def catalogue(locale: str) -> NullTranslations:
    """All catalogues of one language, one file per feature."""
    merged = Catalog(locale=locale)
    for path in catalogue_files(locale):
        with path.open("rb") as file:
            for message in read_po(file, locale=locale, abort_invalid=True):
                if message.id:
                    merged[message.id] = message
    return _loaded(merged) if len(merged) else NullTranslations()


def catalogue_files(locale: str) -> list[Path]:
    return sorted((TRANSLATIONS / locale).glob("*.po"))


def _loaded(merged: Catalog) -> Translations:
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)


def _choose_locale() -> str:
    if not has_request_context():
        return CHINESE
    own = getattr(current_user, "locale", None)
    return own if own in LOCALES else locale_of_browser()
