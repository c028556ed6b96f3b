"""Diagrams, decisions and forms carry Chinese and English themselves, under the tags "zh" and "en"."""

from __future__ import annotations


def language(locale: str) -> str:
    """The tag of any locale name: ``zh_Hans_CN`` is Chinese, everything unknown too."""
    return "en" if locale.lower().startswith("en") else "zh"
