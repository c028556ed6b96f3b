"""Where the font files of the four roles are. Nothing here loads them."""

from __future__ import annotations

import os
from pathlib import Path

from webapp.core.errors import DomainError

ROLES = ("song", "title", "hei", "kai")


class FontsMissing(DomainError):
    """The Chinese fonts for printing are not installed. Ask your administrator to run `zhijian fonts fetch` once."""

    status = 503


def folder() -> Path:
    """Outside the checkout: ``ZHIJIAN_FONTS``, or a cache of this account."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("ZHIJIAN_FONTS") or cache / "zhijian" / "fonts")


def font_files() -> dict[str, Path]:
    """Role -> TrueType file; an office's own licensed file in ``ZHIJIAN_FONT_DIR`` wins. Raises FontsMissing."""
    own = os.environ.get("ZHIJIAN_FONT_DIR")
    places = [*([Path(own)] if own else []), folder()]
    found = {role: next((place / f"{role}.ttf" for place in places if (place / f"{role}.ttf").is_file()), None) for role in ROLES}
    if None in found.values():
        raise FontsMissing
    return {role: path for role, path in found.items() if path is not None}


def are_installed() -> bool:
    try:
        font_files()
    except FontsMissing:
        return False
    return True
