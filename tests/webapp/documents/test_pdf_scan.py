"""A PDF is a plain paper or it is refused."""

from __future__ import annotations

import base64
import zlib
from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter

from tests.webapp.documents import files
from webapp.documents import errors, pdf_scan
from webapp.documents.pdf_scan import check_pdf

SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"


@pytest.mark.parametrize("compress", [0, 1])
def test_plain_papers_pass(compress: int) -> None:
    check_pdf(files.paper("Text with # and /names", compress=compress))


def test_a_paper_with_packed_objects_passes() -> None:
    check_pdf(files.pdf_with(files.packed_objects(b"<< /Type /Page /Contents 5 0 R >>")))


def test_papers_of_another_writer_pass() -> None:
    writer, out = PdfWriter(), BytesIO()
    writer.append(PdfReader(BytesIO(files.paper())))
    writer.compress_identical_objects()
    writer.write(out)
    check_pdf(out.getvalue())


@pytest.mark.parametrize(
    "hostile",
    [
        files.pdf_with(SCRIPT),
        files.pdf_with(b"<< /S /J#61vaScript /J#53 (app.alert(1)) >>"),
        files.pdf_with(b"<< /S /#4a#61#76#61#53#63#72#69#70#74 /JS (x) >>"),
        files.pdf_with(files.packed_objects(SCRIPT)),
        files.pdf_with(files.packed_objects(b"<< /S /J#61vaScript >>")),
        files.pdf_with(files.packed_objects(b"<< /AA << /O 5 0 R >> >>")),
        files.pdf_with(files.stream(zlib.compress(SCRIPT), head=b"/X (obj) /Filter /FlateDecode")),
        files.pdf_with(files.stream(base64.a85encode(zlib.compress(SCRIPT)) + b"~>", head=b"/Filter [/ASCII85Decode /FlateDecode]")),
        files.pdf_with(files.stream(zlib.compress(SCRIPT).hex().encode() + b">", head=b"/Filter [/ASCIIHexDecode /Fl]")),
        files.pdf_with(files.stream(zlib.compress(zlib.compress(SCRIPT)), head=b"/Filter [/FlateDecode /FlateDecode]")),
        files.pdf_with(files.stream(SCRIPT, head=b"/Type /ObjStm")),
        files.pdf_with(b"<< /OpenAction 3 0 R >>"),
        files.pdf_with(b"<< /S /Launch /F (cmd.exe) >>"),
        files.pdf_with(b"<< /Type /Filespec /EF << /F 5 0 R >> >>", b"<< /Type /EmbeddedFile >>"),
        files.pdf_with(b"<< /Names << /EmbeddedFiles 5 0 R >> >>"),
        files.pdf_with(b"<< /Subtype /RichMedia >>"),
        files.pdf_with(b"<< /XFA 5 0 R >>"),
        files.pdf_with(b"<< /AA << /C 5 0 R >> >>"),
        files.pdf_with(b"<< /S /SubmitForm >>"),
    ],
)  # fmt: skip
def test_what_acts_or_carries_files_is_refused(hostile: bytes) -> None:
    with pytest.raises(errors.PdfActive):
        check_pdf(hostile)


def test_a_name_cut_between_two_pieces_is_found() -> None:
    padding = b"x" * (pdf_scan.CHUNK - 5)
    with pytest.raises(errors.PdfActive):
        check_pdf(files.pdf_with(files.packed_objects(padding + SCRIPT)))


def test_a_paper_that_carries_a_file_is_refused() -> None:
    writer, carrying = PdfWriter(clone_from=BytesIO(files.paper())), BytesIO()
    writer.add_attachment("x.exe", b"MZ")
    writer.write(carrying)
    with pytest.raises(errors.PdfActive):
        check_pdf(carrying.getvalue())


def test_protected_papers_are_refused() -> None:
    writer, out = PdfWriter(clone_from=BytesIO(files.paper())), BytesIO()
    writer.encrypt("", algorithm="RC4-128")
    writer.write(out)
    with pytest.raises(errors.PdfEncrypted):
        check_pdf(out.getvalue())


@pytest.mark.parametrize(
    "damaged", [files.paper()[:-200], files.paper()[:300], b"%PDF-1.4\n", files.pdf_with(b"<< >>\nstream\nno end")]
)  # fmt: skip
def test_cut_papers_are_refused(damaged: bytes) -> None:
    with pytest.raises(errors.PdfDamaged):
        check_pdf(damaged)


@pytest.mark.parametrize("name", [b"LZWDecode", b"RunLengthDecode", b"Crypt"])
def test_what_cannot_be_looked_into_is_refused(name: bytes) -> None:
    with pytest.raises(errors.PdfUnreadable):
        check_pdf(files.pdf_with(files.stream(b"xxxx", head=b"/Filter /" + name)))


def test_objects_behind_a_row_filter_are_refused() -> None:
    with pytest.raises(errors.PdfUnreadable):
        check_pdf(files.pdf_with(files.packed_objects(b"<< >>", head=b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >>")))


def test_a_paper_that_unpacks_without_end_is_refused() -> None:
    packed = files.packed_objects(bytes(64_000_000))
    with pytest.raises(errors.PdfUnreadable):
        check_pdf(files.pdf_with(*[packed] * 5))


def test_packed_pictures_are_no_names_by_chance() -> None:
    noise = b"/JS /AA " * 1000
    check_pdf(files.pdf_with(files.stream(noise, head=b"/Subtype /Image /Filter /DCTDecode")))


def test_what_would_fill_the_memory_is_refused() -> None:
    mega = 1024 * 1024
    packed_twice = zlib.compress(b"\x78\x9c" + bytes(80 * mega))
    for content, head in ((packed_twice, b"/Filter [/FlateDecode /FlateDecode]"), (b"z" * 7 * mega, b"/Filter /ASCII85Decode")):
        with pytest.raises(errors.PdfUnreadable):
            check_pdf(files.pdf_with(files.stream(content, head=head)))


def test_a_head_of_escapes_is_refused() -> None:
    with pytest.raises(errors.PdfUnreadable):
        check_pdf(files.pdf_with(b"#41" * 30_000))
