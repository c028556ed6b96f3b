"""Photographs from outside: judged by content, drawn anew for the screen, what the camera noted read out."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from webapp.core.clock import LEGAL_ZONE
from webapp.documents.errors import ImageDamaged, TooManyPixels, TwoFormats

MAX_PIXELS = 40_000_000
PREVIEW_PIXELS = 1600  # the longer side
PREVIEW_QUALITY = 82
HEAD_BYTES = 1024  # where readers of PDF look for its header
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
_DAMAGE = (OSError, ValueError, SyntaxError, EOFError, IndexError, ZeroDivisionError, OverflowError, MemoryError, UnidentifiedImageError)


@dataclass(frozen=True, slots=True)
class Picture:
    """``preview``: JPEG without metadata; ``taken_at``, ``latitude``, ``longitude`` as the camera says, None where it does not."""

    width: int
    height: int
    preview: bytes
    taken_at: datetime | None
    latitude: float | None
    longitude: float | None


def read_picture(data: bytes, media_type: str, *, now: datetime) -> Picture:
    """Raises ImageDamaged, TooManyPixels, TwoFormats."""
    if b"%PDF-" in data[:HEAD_BYTES]:
        raise TwoFormats
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        warnings.simplefilter("ignore", UserWarning)  # remarks about odd metadata: the preview has none
        try:
            return _read(data, FORMATS[media_type], now=now)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise TooManyPixels from error
        except _DAMAGE as error:
            raise ImageDamaged from error


def _read(data: bytes, format_name: str, *, now: datetime) -> Picture:
    with Image.open(BytesIO(data), formats=[format_name]) as image:
        if image.width * image.height > MAX_PIXELS:
            raise TooManyPixels
        image.verify()
    with Image.open(BytesIO(data), formats=[format_name]) as image:
        camera = image.getexif()
        taken_at, place = _taken_at(camera, now=now), _place(camera)
        width, height = image.size
        if format_name == "JPEG":
            image.draft("RGB", (PREVIEW_PIXELS, PREVIEW_PIXELS))  # decodes in a reduced size, to the end of the file all the same
        image.load()
        return Picture(width, height, _preview(image), taken_at, *place)


def _preview(image: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS))
    out = BytesIO()
    _on_white(upright).save(out, "JPEG", quality=PREVIEW_QUALITY, optimize=True)
    return out.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode not in ("RGBA", "LA", "PA") and "transparency" not in image.info:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    ground = Image.new("RGB", layered.size, "white")
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground


def _taken_at(camera: Image.Exif, *, now: datetime) -> datetime | None:
    """A camera without an offset shows the time of the place where it is used; one from the future is set wrongly."""
    detail = camera.get_ifd(ExifTags.IFD.Exif)
    text = str(detail.get(ExifTags.Base.DateTimeOriginal) or camera.get(ExifTags.Base.DateTime) or "")
    try:
        local = datetime.strptime(text.strip("\x00 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the zone comes below
        taken_at = local.replace(tzinfo=_zone(str(detail.get(ExifTags.Base.OffsetTimeOriginal) or ""))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return taken_at if taken_at <= now + timedelta(minutes=10) else None


def _zone(offset: str) -> Any:
    if not offset:
        return LEGAL_ZONE
    hours, minutes = offset.strip("\x00 ").split(":")
    return timezone(timedelta(hours=int(hours), minutes=int(minutes) * (-1 if hours.startswith("-") else 1)))


def _place(camera: Image.Exif) -> tuple[float | None, float | None]:
    place = camera.get_ifd(ExifTags.IFD.GPSInfo)
    latitude = _degrees(place, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, negative="S", most=90)
    longitude = _degrees(place, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, negative="W", most=180)
    return (latitude, longitude) if latitude is not None and longitude is not None else (None, None)


def _degrees(place: Mapping[int, Any], value: int, side: int, *, negative: str, most: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in place[value])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    found = (degrees + minutes / 60 + seconds / 3600) * (-1 if str(place.get(side, "")).upper().startswith(negative) else 1)
    return round(found, 6) if abs(found) <= most else None
