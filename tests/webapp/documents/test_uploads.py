"""What comes in is judged by its content: pictures."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from tests.webapp.documents import files
from webapp.documents import errors
from webapp.documents.uploads import MAX_FILE_BYTES, check_file

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


def test_a_photograph_tells_its_time_and_place() -> None:
    data = files.photo(exif={"taken": "2026:03:04 09:41:00", "place": (31.458, 121.13)})
    found = check_file(data, "现场.jpg", now=NOW)
    assert found.picture is not None
    assert found.picture.taken_at == datetime(2026, 3, 4, 1, 41, tzinfo=UTC)
    assert found.picture.latitude == pytest.approx(31.458, abs=1e-4)
    assert found.picture.longitude == pytest.approx(121.13, abs=1e-4)
    assert (found.kind, found.media_type, found.size) == ("photo", "image/jpeg", len(data))


def test_the_cameras_own_offset_counts() -> None:
    data = files.photo(exif={"taken": "2026:03:04 09:41:00", "offset": "+00:00"})
    found = check_file(data, "a.jpg", now=NOW)
    assert found.picture and found.picture.taken_at == datetime(2026, 3, 4, 9, 41, tzinfo=UTC)


@pytest.mark.parametrize("taken", ["2031:01:01 00:00:00", "yesterday", "0000:00:00 00:00:00"])
def test_a_wrongly_set_camera_is_not_believed(taken: str) -> None:
    found = check_file(files.photo(exif={"taken": taken}), "a.jpg", now=NOW)
    assert found.picture and found.picture.taken_at is None


def test_the_preview_is_small_and_tells_nothing() -> None:
    data = files.photo(size=(4000, 3000), exif={"taken": "2026:03:04 09:41:00", "place": (31.4, 121.1)})
    found = check_file(data, "a.jpg", now=NOW)
    assert found.picture
    with Image.open(BytesIO(found.picture.preview)) as preview:
        assert max(preview.size) == 1600
        assert not dict(preview.getexif())
    assert (found.picture.width, found.picture.height) == (4000, 3000)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16"])
def test_every_kind_of_png_gets_a_preview(mode: str) -> None:
    found = check_file(files.picture(mode=mode), "a.png", is_scan="yes", now=NOW)
    assert found.picture and found.picture.preview.startswith(b"\xff\xd8")
    assert found.kind == "scan"


@pytest.mark.parametrize("content", [files.SVG, b"GIF89a", b"PK\x03\x04zip", b"<html>", b"%!PS", b" %PDF-1.4"])
def test_other_formats_are_refused_whatever_their_name(content: bytes) -> None:
    with pytest.raises(errors.NotEvidence):
        check_file(content, "photo.png", now=NOW)


def test_a_picture_that_is_too_large_unpacked_is_refused() -> None:
    with pytest.raises(errors.TooManyPixels):
        check_file(files.bomb(), "a.png", now=NOW)
    with pytest.raises(errors.TooManyPixels):
        check_file(files.bomb(width=7000, height=6000), "a.png", now=NOW)


@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_a_cut_picture_is_refused(share: float) -> None:
    whole = files.photo(size=(800, 600), colour="red")
    with pytest.raises(errors.ImageDamaged):
        check_file(whole[: int(len(whole) * share)], "a.jpg", now=NOW)
    png = files.picture(size=(300, 300))
    with pytest.raises(errors.ImageDamaged):
        check_file(png[: int(len(png) * share)], "a.png", now=NOW)


def test_a_picture_that_is_a_pdf_too_is_refused() -> None:
    with pytest.raises(errors.TwoFormats):
        check_file(files.photo()[:20] + b"%PDF-1.4" + files.photo()[20:], "a.jpg", now=NOW)


def test_nothing_and_too_much_are_refused() -> None:
    with pytest.raises(errors.EmptyFile):
        check_file(b"", "a.jpg", now=NOW)
    with pytest.raises(errors.FileTooLarge):
        check_file(b"\xff\xd8\xff" + bytes(MAX_FILE_BYTES), "a.jpg", now=NOW)


def test_a_file_that_did_not_arrive_whole_is_refused() -> None:
    with pytest.raises(errors.UploadCut):
        check_file(files.photo(), "a.jpg", declared_size=10_000_000, now=NOW)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../x", "../../x"),
        ("打磨工段" * 75, "打磨工段" * 75),
        ("a\x00b\n\u202egpj.exe", "abgpj.exe"),
        ("", "?.jpg"),
        ("长" * 900, "长" * 400),
    ],
)
def test_the_senders_name_is_data(name: str, kept: str) -> None:
    assert check_file(files.photo(), name, now=NOW).name == kept
