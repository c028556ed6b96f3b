"""Files that people send, and files that attackers send."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def photo(*, size: tuple[int, int] = (640, 480), colour: str = "teal", exif: dict[str, object] | None = None) -> bytes:
    """A JPEG; ``exif``: "taken" ("2026:03:04 09:41:00"), "offset" ("+08:00"), "place" (degrees north, east)."""
    image, out = Image.new("RGB", size, colour), BytesIO()
    image.save(out, "JPEG", exif=_exif(exif or {}), quality=80)
    return out.getvalue()


def picture(*, size: tuple[int, int] = (320, 200), mode: str = "RGBA") -> bytes:
    out = BytesIO()
    Image.new(mode, size).save(out, "PNG")
    return out.getvalue()


def bomb(*, width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + _chunk(b"IEND", b"")


def paper(text: str = "Report", *, compress: int = 1) -> bytes:
    """A plain PDF as our own printing makes it."""
    out = BytesIO()
    canvas = Canvas(out, pageCompression=compress)
    canvas.drawString(72, 700, text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def pdf_with(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF with these objects beside an empty catalogue."""
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, content) for number, content in enumerate(objects, start=2))
    catalogue = b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    return b"%PDF-1.5\n" + catalogue + body + b"trailer\n<< /Root 1 0 R " + trailer + b">>\nstartxref\n9\n%%EOF\n"


def stream(content: bytes, *, head: bytes = b"/Filter /FlateDecode") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(content), content)


def packed_objects(content: bytes, *, head: bytes = b"/Filter /FlateDecode") -> bytes:
    """An object stream that hides its content from a search of the bytes."""
    return stream(zlib.compress(content), head=b"/Type /ObjStm /N 1 /First 4 " + head)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _exif(told: dict[str, object]) -> Image.Exif:
    exif = Image.Exif()
    detail: dict[int, object] = {}
    if "taken" in told:
        detail[0x9003] = told["taken"]
    if "offset" in told:
        detail[0x9011] = told["offset"]
    if detail:
        exif[0x8769] = detail
    if "place" in told:
        north, east = told["place"]  # type: ignore[misc]
        exif[0x8825] = {1: "N" if north > 0 else "S", 2: _parts(north), 3: "E" if east > 0 else "W", 4: _parts(east)}
    return exif


def _parts(degrees: float) -> tuple[float, float, float]:
    whole = abs(degrees)
    return float(int(whole)), float(int(whole * 60 % 60)), round(whole * 3600 % 60, 3)
