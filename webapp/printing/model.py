"""A document as plain values: what to print. Every text is data; nothing in it is markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; line ends begin new ones. ``style``: a key of ``styles.STYLES``."""

    text: str
    style: str = "body"


@dataclass(frozen=True, slots=True)
class Chapter:
    """Starts a page, an entry of the outline and of the index."""

    title: str
    style: str = "chapter"  # "hidden": the page brings its own heading


@dataclass(frozen=True, slots=True)
class Section:
    """A heading inside a chapter, in the outline too."""

    title: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their texts."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """``widths``: shares of the line. The head is repeated on each page."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]


@dataclass(frozen=True, slots=True)
class Index:
    """Titles and pages of the chapters, with links."""

    title: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line over the whole width. ``colour``: "red" or "black"."""

    colour: str = "black"


@dataclass(frozen=True, slots=True)
class Space:
    millimetres: float


@dataclass(frozen=True, slots=True)
class Together:
    """Texts, rules and spaces on one page, if a page holds them."""

    blocks: Sequence[Text | Rule | Space]


@dataclass(frozen=True, slots=True)
class Picture:
    """The drawing of a process. ``current`` and ``done``: element ids."""

    diagram: bytes
    process: str
    current: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    language: str = "zh"


Block = Text | Chapter | Section | Facts | Table | Index | Rule | Space | Together | Picture


@dataclass(frozen=True, slots=True)
class Document:
    """``running_head``: printed on top of every page but the first. ``pages_label``: with "{pages}", for the last line.

    ``foot``: printed below the text of every page: lines to sign on, or that this is a draft.
    ``page_line``: with "{page}" and "{pages}", on every page instead of the plain page number.
    """

    title: str
    author: str
    subject: str
    keywords: Sequence[str]
    running_head: str
    blocks: Sequence[Block]
    pages_label: str = ""
    language: str = "zh-CN"
    foot: str = ""
    page_line: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """``missing``: characters that no font has, printed as their code points."""

    pdf: bytes
    pages: int
    missing: Sequence[str] = field(default_factory=tuple)
