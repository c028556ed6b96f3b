"""Lines of Chinese text: what may begin and end them, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.printing.typesetting import NO_END, NO_START, Glyph, break_lines, clean

POLICY = (
    "加强职业健康监管（以下简称“监管”），落实用人单位主体责任；对存在矽尘、苯、噪声等职业病危害的用人单位，由镇（街道）专（兼）职管理人员核实，"
    "区卫生健康委员会依照《中华人民共和国职业病防治法》第七十二条（一）（二）项处理。经检测，粉尘浓度为8.5 mg/m³，噪声为92 dB(A)，超过GBZ 2.1-2019的限值！"
)


def measure(sign: str) -> list[Glyph]:
    return [Glyph(sign, "song", 10.0, 0.0, 5.0 if sign.isascii() else 10.0)]


def lines_of(text: str, width: float = 200.0, indent: float = 0.0) -> list[str]:
    return ["".join(glyph.sign for glyph in line.glyphs) for line in break_lines(text, measure=measure, width=width, indent=indent)]


@pytest.mark.parametrize("width", range(60, 400, 7))
def test_no_line_begins_or_ends_with_forbidden_punctuation(width: int) -> None:
    lines = lines_of(POLICY, float(width))
    assert not [line for line in lines[1:] if line[0] in NO_START]
    assert not [line for line in lines[:-1] if line[-1] in NO_END]


def test_words_and_numbers_stay_whole_where_they_fit() -> None:
    assert lines_of("浓度为 8.5 mg/m³。", 60.0) == ["浓度为 8.5", "mg/m³。"]


def test_a_code_longer_than_a_line_is_cut() -> None:
    assert "".join(lines_of("A" * 100, 60.0)) == "A" * 100
    assert max(len(line) for line in lines_of("A" * 100, 60.0)) <= 12


def test_the_first_line_leaves_room_for_its_indent() -> None:
    assert [len(line) for line in lines_of("中" * 45, 200.0, 20.0)] == [18, 20, 7]


def test_line_ends_begin_new_paragraphs_and_only_they_are_last() -> None:
    lines = break_lines("一" * 25 + "\n二", measure=measure, width=200.0)
    assert [line.is_last for line in lines] == [False, True, True]


@given(st.text(alphabet=st.sampled_from("中文，。（）“”ab1 .\n-")), st.integers(min_value=20, max_value=300))
def test_nothing_but_spaces_at_line_ends_is_lost(text: str, width: int) -> None:
    printed = "".join(lines_of(text, float(width)))
    assert printed.replace(" ", "") == text.replace("\n", "").replace(" ", "")


@given(st.text(), st.integers(min_value=20, max_value=300))
def test_no_line_is_wider_than_the_room_and_what_squeezing_saves(text: str, width: int) -> None:
    for line in break_lines(text, measure=measure, width=float(width)):
        assert line.width <= max(width * 1.25, 30.0) or len(line.glyphs) <= 3


def test_control_characters_and_marks_that_turn_the_reading_order_are_left_out() -> None:
    assert clean("a\x00b\x1b[31mc\u202ed\ufeff\ud800e\tf\r\ng") == "ab[31mcde    f\ng"
