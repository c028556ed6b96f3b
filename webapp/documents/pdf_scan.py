"""Is a PDF a plain paper? A conservative reading of its bytes: what cannot be looked into is refused.

Names may be written with escapes (``/J#61vaScript``) and stand in packed object streams: both are undone, in bounds.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from webapp.documents.errors import PdfActive, PdfDamaged, PdfEncrypted, PdfUnreadable

MAX_STREAMS = 50_000
MAX_UNPACKED = 256 * 1024 * 1024  # of all streams together
MAX_NESTED = 64 * 1024 * 1024  # of one stream that is packed twice: it is held whole
MAX_SPELT = 24 * 1024 * 1024  # of one stream in ASCII85, decoded
MAX_ESCAPES = 20_000  # between two streams
CHUNK = 1024 * 1024
TAIL_BYTES = 2048  # where the end mark stands

# Names long enough never to occur by chance in packed data: looked for everywhere.
_ACTIVE = (
    b"JavaScript", b"OpenAction", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"GoToE", b"SubmitForm", b"ImportData",
    b"Rendition",
)  # fmt: skip
_SHORT = (b"JS", b"AA", b"XFA")  # only outside of streams and in packed objects: three bytes occur by chance
_END = rb"(?=[\x00\s()<>\[\]{}/%]|$)"
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


def _spelt(*names: bytes) -> re.Pattern[bytes]:
    """The names as they stand or with any of their letters escaped, so that large data need no second copy."""
    written = (b"".join(b"(?:%c|#(?i:%02x))" % (letter, letter) for letter in name) for name in names)
    return re.compile(b"/(" + b"|".join(written) + b")" + _END)


_LONG_NAME = _spelt(*_ACTIVE)
_ANY_NAME = _spelt(*_ACTIVE, *_SHORT)
_ENCRYPTED = _spelt(b"Encrypt")
_STREAM = re.compile(rb"stream(?:\r\n|\n|\r)")
_OBSCURE = re.compile(rb"/(?:LZWDecode|LZW|RunLengthDecode|RL|Crypt)" + _END)
_ASCII85 = re.compile(rb"/(?:ASCII85Decode|A85)" + _END)
_HEX = re.compile(rb"/(?:ASCIIHexDecode|AHx)" + _END)
_PREDICTOR = re.compile(rb"/Predictor\s+([2-9]|1\d)")
_OVERLAP = 64  # longer than any name looked for, escaped
_BLANKS = b"\x00\t\n\x0b\x0c\r "
MAX_DEPTH = 3  # packings around one another


@dataclass(slots=True)
class _Budget:
    """How much may still be unpacked."""

    left: int = MAX_UNPACKED

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise PdfUnreadable


def check_pdf(data: bytes) -> None:
    """Raises PdfDamaged, PdfEncrypted, PdfActive, PdfUnreadable."""
    if b"%%EOF" not in data[-TAIL_BYTES:] or b"startxref" not in data:
        raise PdfDamaged
    _refuse(_LONG_NAME, data)
    if _ENCRYPTED.search(data):
        raise PdfEncrypted
    budget = _Budget()
    for number, (before, after) in enumerate(_streams(data)):
        if number > MAX_STREAMS:
            raise PdfUnreadable
        _Piece(_undo_escapes(before)).check(after, budget)


class _Piece:
    """The bytes between two streams. Which of them describe the next stream is not guessed: what any of them says may hold for it."""

    def __init__(self, head: bytes) -> None:
        _refuse(_ANY_NAME, head)
        if _OBSCURE.search(head):
            raise PdfUnreadable
        holds_objects = b"/ObjStm" in head
        if holds_objects and _PREDICTOR.search(head):
            raise PdfUnreadable  # a row filter changes the bytes of the objects
        self._names = _ANY_NAME if holds_objects else _LONG_NAME
        self._is_spelt = bool(_ASCII85.search(head)), bool(_HEX.search(head))

    def check(self, body: bytes, budget: _Budget, depth: int = 0) -> None:
        """Look into a stream in every way its reader might."""
        if depth > MAX_DEPTH:
            raise PdfUnreadable
        _refuse(self._names, body)
        for is_used, decode in zip(self._is_spelt, (_from_ascii85, _from_hex), strict=True):
            decoded = decode(body) if is_used else None
            if decoded:
                budget.take(len(decoded))
                self.check(decoded, budget, depth + 1)
        if _is_packed(body):
            self._check_packed(body, budget, depth)

    def _check_packed(self, body: bytes, budget: _Budget, depth: int) -> None:
        kept, whole, nested = b"", bytearray(), any(self._is_spelt)
        for number, chunk in enumerate(_unpacked(body, budget)):
            nested = nested or (number == 0 and _is_packed(chunk))
            _refuse(self._names, kept + chunk)
            kept = (kept + chunk)[-_OVERLAP:]
            if nested:
                whole += chunk
            if len(whole) > MAX_NESTED:
                raise PdfUnreadable
        if nested:
            self.check(bytes(whole), budget, depth + 1)


def _streams(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each piece outside of streams, with the stream that follows it (to the next ``endstream``); the last has none."""
    at = 0
    while (found := _STREAM.search(data, at)) is not None:
        end = data.find(b"endstream", found.end())
        if end < 0:
            raise PdfDamaged
        yield data[at : found.start()], data[found.end() : end]
        at = end + len(b"endstream")
    yield data[at:], b""


def _is_packed(body: bytes) -> bool:
    """The two bytes every zlib stream begins with."""
    return len(body) > 2 and body[0] & 0x0F == 8 and (body[0] * 256 + body[1]) % 31 == 0


def _from_ascii85(body: bytes) -> bytes | None:
    text = body.translate(None, _BLANKS).removeprefix(b"<~").split(b"~", maxsplit=1)[0]
    if len(text) + 4 * text.count(b"z") > MAX_SPELT:  # a "z" stands for four bytes
        raise PdfUnreadable
    try:
        return base64.a85decode(text)
    except ValueError:
        return None


def _from_hex(body: bytes) -> bytes | None:
    digits = body.translate(None, _BLANKS).split(b">", maxsplit=1)[0]
    try:
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    except ValueError:
        return None


def _unpacked(body: bytes, budget: _Budget) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    rest = body
    try:
        while rest and not unpacker.eof:
            chunk = unpacker.decompress(rest, CHUNK)
            rest = unpacker.unconsumed_tail
            budget.take(len(chunk))
            yield chunk
        yield unpacker.flush()
    except zlib.error:
        return  # not packed after all, or damaged: its reader gets no further either


def _undo_escapes(head: bytes) -> bytes:
    """Raises PdfUnreadable."""
    if head.count(b"#") > MAX_ESCAPES:
        raise PdfUnreadable
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), head)


def _refuse(names: re.Pattern[bytes], data: bytes) -> None:
    found = names.search(data)
    if found:
        raise PdfActive(what=_undo_escapes(found[1]).decode("ascii"))
