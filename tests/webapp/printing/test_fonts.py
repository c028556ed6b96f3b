"""The fonts for printing are fetched once, as pinned, and an office's own files win."""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from webapp.cli import main
from webapp.core.node import NodeCommands
from webapp.printing import fetching, fonts
from webapp.printing.fetching import FetchFailed, Package, Source, fetch
from webapp.printing.fonts import FontsMissing, are_installed, font_files


def silent(_sentence: str) -> None: ...


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the fonts go; empty."""
    monkeypatch.setenv("ZHIJIAN_FONTS", str(tmp_path / "fonts"))
    monkeypatch.delenv("ZHIJIAN_FONT_DIR", raising=False)
    return tmp_path / "fonts"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel with a CFF font and an npm archive with two slices, served instead of pip and npm; pinned as the only sources."""
    served = tmp_path / "registry"
    served.mkdir()
    with zipfile.ZipFile(served / "song.whl", "w") as wheel:
        wheel.writestr("song/Song.otf", cff("国家"))
        wheel.writestr("song/LICENSE", "the licence")
    with tarfile.open(served / "kai.tgz", "w:gz") as tarball:
        for name, signs in (("kai-0.woff2", "职健"), ("kai-1.woff2", "健康")):
            data = truetype(signs)
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(data)
            tarball.addfile(entry, BytesIO(data))
    monkeypatch.setattr(fetching, "SOURCES", (pinned(served / "song.whl", ".otf"), pinned(served / "kai.tgz", ".woff2")))
    monkeypatch.setattr(fetching, "node_commands", lambda _say: NodeCommands(["node"], ["npm"]))
    monkeypatch.setattr(subprocess, "run", lambda command, **options: serve(served, command))
    return served


def serve(served: Path, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """What pip and npm do: copy the archive into the folder that the command names."""
    place = next(following for flag, following in pairwise(command) if flag in {"--dest", "--pack-destination"})
    file = next(served.glob(f"{command[-1][:4].strip('=@')}*"))
    (Path(place) / file.name).write_bytes(file.read_bytes())
    return subprocess.CompletedProcess(command, 0, "", "")


def pinned(archive: Path, member: str) -> Source:
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    return Source(archive.stem, Package(archive.stem, "1", archive.name, digest), member)


def cff(signs: str) -> bytes:
    builder, names = started(signs, is_truetype=False)
    pen = T2CharStringPen(1000, None)
    square(pen)
    builder.setupCFF("SameName", {"FullName": "SameName"}, {name: pen.getCharString() for name in names}, {})
    return finished(builder, names)


def truetype(signs: str) -> bytes:
    builder, names = started(signs, is_truetype=True)
    pen = TTGlyphPen(None)
    square(pen)
    glyph = pen.glyph()
    builder.setupGlyf(dict.fromkeys(names, glyph))
    return finished(builder, names)


def started(signs: str, *, is_truetype: bool) -> tuple[Any, list[str]]:
    builder = FontBuilder(1000, isTTF=is_truetype)
    names = [".notdef", *(f"uni{ord(sign):04X}" for sign in signs)]
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(dict(zip(map(ord, signs), names[1:], strict=True)))
    return builder, names


def square(pen: Any) -> None:
    pen.moveTo((0, 0))
    for corner in ((0, 800), (800, 800), (800, 0)):
        pen.lineTo(corner)
    pen.closePath()


def finished(builder: Any, names: list[str]) -> bytes:
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Same", "styleName": "Regular", "psName": "SameName", "copyright": "by somebody"})
    builder.setupOS2()
    builder.setupPost()
    target = BytesIO()
    builder.save(target)
    return target.getvalue()


def no_command(*_command: object, **_options: object) -> None:
    raise AssertionError("this needs no command")


def test_fetched_fonts_are_truetype_with_all_characters_and_names_of_their_own(folder: Path, registry: Path) -> None:
    fetch(silent)
    song, kai = TTFont(folder / "song.ttf"), TTFont(folder / "kai.ttf")
    assert "glyf" in song and {chr(code) for code in song.getBestCmap()} == set("国家")
    assert {chr(code) for code in kai.getBestCmap()} == set("职健康")
    assert (song["name"].getDebugName(6), kai["name"].getDebugName(6)) == ("ZhijianSong", "ZhijianKai")


def test_each_font_comes_with_its_copyright_and_licence(folder: Path, registry: Path) -> None:
    fetch(silent)
    assert (folder / "song-license.txt").read_text() == "by somebody\n\nthe licence"
    assert "full text in song-license.txt" in (folder / "kai-license.txt").read_text()


def test_a_second_fetch_needs_no_command_and_leaves_nothing_unfinished(
    folder: Path, registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(silent)
    monkeypatch.setattr(subprocess, "run", no_command)
    fetch(silent)
    assert {path.suffix for path in folder.iterdir()} == {".ttf", ".json", ".txt"}


def test_a_damaged_font_is_made_anew(folder: Path, registry: Path) -> None:
    fetch(silent)
    whole = (folder / "song.ttf").read_bytes()
    (folder / "song.ttf").write_bytes(whole[:-1])
    fetch(silent)
    assert (folder / "song.ttf").read_bytes() == whole


def test_an_archive_with_a_wrong_checksum_is_refused_and_leaves_nothing(folder: Path, registry: Path) -> None:
    (registry / "song.whl").write_bytes(b"something else")
    with pytest.raises(FetchFailed, match=r"song\.whl is not the file we know.*It was deleted"):
        fetch(silent)
    assert list(folder.iterdir()) == []


def test_what_was_whole_stays_when_a_later_download_fails(folder: Path, registry: Path) -> None:
    (registry / "kai.tgz").write_bytes(b"something else")
    with pytest.raises(FetchFailed, match=r"kai\.tgz"):
        fetch(silent)
    assert sorted(path.name for path in folder.iterdir()) == ["song-license.txt", "song.json", "song.ttf"]


def test_without_the_network_the_reason_is_told(folder: Path, registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "WARNING: retrying\nERROR: no such host")
    monkeypatch.setattr(subprocess, "run", lambda *_command, **_options: failed)
    with pytest.raises(FetchFailed, match=r"ERROR: no such host\. Connect to the network and try again"):
        fetch(silent)


def test_a_folder_that_cannot_be_written_is_named(folder: Path, registry: Path) -> None:
    folder.write_text("a file where the folder should be")
    with pytest.raises(FetchFailed, match="set ZHIJIAN_FONTS to another folder"):
        fetch(silent)


def test_an_optional_fetch_fails_with_a_sentence_only(folder: Path, registry: Path) -> None:
    (registry / "song.whl").write_bytes(b"something else")
    optional = CliRunner().invoke(main, ["fonts", "fetch", "--optional"])
    assert optional.exit_code == 0 and "`zhijian fonts fetch` tries again" in optional.output
    assert CliRunner().invoke(main, ["fonts", "fetch"]).exit_code == 1


def test_missing_fonts_say_what_to_do(folder: Path) -> None:
    assert not are_installed()
    with pytest.raises(FontsMissing, match="run `zhijian fonts fetch` once"):
        font_files()
    listed = CliRunner().invoke(main, ["fonts", "list"])
    assert listed.exit_code == 1 and "zhijian fonts fetch" in listed.output


def test_an_own_file_wins_over_the_fetched_one(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "office"
    for place in (folder, own):
        place.mkdir()
    for role in fonts.ROLES:
        (folder / f"{role}.ttf").write_bytes(truetype("国"))
    (own / "song.ttf").write_bytes(truetype("国家"))
    monkeypatch.setenv("ZHIJIAN_FONT_DIR", str(own))
    assert font_files() == {role: (own if role == "song" else folder) / f"{role}.ttf" for role in fonts.ROLES}
    assert f"song   {own / 'song.ttf'}  2 characters" in CliRunner().invoke(main, ["fonts", "list"]).output


@pytest.mark.parametrize(("content", "reason"), [(b"no font", "not a font file"), (cff("国"), "no TrueType outlines")])
def test_a_file_that_cannot_be_printed_with_is_named(folder: Path, content: bytes, reason: str) -> None:
    folder.mkdir()
    for role in fonts.ROLES:
        (folder / f"{role}.ttf").write_bytes(content)
    listed = CliRunner().invoke(main, ["fonts", "list"])
    assert listed.exit_code == 1 and reason in listed.output and "song.ttf" in listed.output


def test_two_fetches_at_once_do_no_harm(folder: Path, registry: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(fetch, [silent, silent]))
    assert all(fetching.is_whole(source, folder) for source in fetching.SOURCES)


def test_a_font_of_another_package_is_not_taken_for_ours(folder: Path, registry: Path) -> None:
    fetch(silent)
    song = fetching.SOURCES[0]
    newer = replace(song, package=replace(song.package, version="2"))
    assert fetching.is_whole(song, folder) and not fetching.is_whole(newer, folder)
