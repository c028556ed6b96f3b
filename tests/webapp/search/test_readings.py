"""What is searched by: characters, initials, spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.readings import initials, readings, searchable, words_of
from webapp.search.highlight import marked


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("  ＹＨ　１２３ ", ("yh", "123")),
        ("太仓云禾（演示）", ("太仓云禾演示",)),
        ("%", ()),
        ("_ ' \" ; -- 😀", ()),
        ("\x00", ()),
        ("a a A", ("a",)),
        ("一 二 三 四 五 六", ("一", "二", "三", "四", "五")),
    ],
)
def test_typed_text_becomes_searchable_words(typed: str, words: tuple[str, ...]) -> None:
    assert words_of(typed) == words


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("太仓云禾铸造", "tcyhzz"),
        ("重庆长城", "cqcc"),
        ("曾建国", "zjg"),
        ("单小明", "sxm"),
        ("ABC电子3厂", "abcdz3c"),
        ("长兴", "zx"),
    ],
)
def test_names_are_found_by_their_initials(name: str, letters: str) -> None:
    assert letters in initials(name)


def test_the_number_of_readings_is_bounded() -> None:
    assert len(readings("长" * 60)) <= 6


@pytest.mark.parametrize(
    ("text", "word", "shown"),
    [
        ("太仓云禾铸造", "云禾", "太仓<mark>云禾</mark>铸造"),
        ("太仓云禾铸造", "yh", "太仓<mark>云禾</mark>铸造"),
        ("太仓云禾铸造", "yunh", "太仓<mark>云禾</mark>铸造"),
        ("太仓(云)禾", "云禾", "太仓(<mark>云</mark>)<mark>禾</mark>"),
        ("TC-2026-00117", "117", "TC-2026-00<mark>117</mark>"),
        ("ＡＢ厂", "ab", "<mark>ＡＢ</mark>厂"),
        ("<b>云</b>", "云", "&lt;b&gt;<mark>云</mark>&lt;/b&gt;"),
        ("太仓", "北京", "太仓"),
    ],
)
def test_what_was_found_is_marked_and_everything_is_escaped(text: str, word: str, shown: str) -> None:
    assert str(marked(text, [word])) == shown


@given(st.text(max_size=200), st.text(max_size=20))
def test_marks_change_nothing_of_a_text(text: str, typed: str) -> None:
    shown = marked(text, words_of(typed))
    assert shown.replace("<mark>", "").replace("</mark>", "") == marked(text, ())
    assert searchable(searchable(text)) == searchable(text)
