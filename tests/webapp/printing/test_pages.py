"""Where things stand on the pages."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pypdf import PageObject, PdfReader

from tests.printing import need_fonts
from webapp.printing import model
from webapp.processes.files import shipped

SENTENCE = "经查，当事人铸造车间矽尘浓度为8.5 mg/m³，超过限值；未组织35名劳动者进行职业健康检查。"


@pytest.fixture(scope="module")
def layout() -> Iterator[Any]:
    need_fonts()
    from webapp.printing import layout

    yield layout


def pages_of(layout: Any, *blocks: model.Block, head: str = "TC-2026-00001", pages_label: str = "") -> list[PageObject]:
    document = model.Document("案卷", "", "", (), head, blocks, pages_label)
    return list(PdfReader(io.BytesIO(layout.render(document).pdf)).pages)


def lines_of(page: PageObject) -> list[str]:
    return page.extract_text().split("\n")


def bare(*pages: PageObject) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def test_an_official_page_holds_22_lines_of_28_characters(layout: Any) -> None:
    first, *_ = pages_of(layout, model.Text("职" * 28 * 30, "official_plain"))
    assert [len(line) for line in lines_of(first)] == [28] * 22


def test_paragraphs_of_one_line_go_on_on_the_next_page(layout: Any) -> None:
    pages = pages_of(layout, model.Text("\n".join(f"第{number}行" for number in range(60)), "official_plain"))
    assert [page.extract_text().count("行") for page in pages] == [22, 22, 16]


@pytest.mark.parametrize("before", range(17, 23))
def test_no_line_of_a_paragraph_stands_alone_on_a_page(layout: Any, before: int) -> None:
    long = "文" * 28 * 5
    pages = pages_of(layout, model.Text("\n".join(["行"] * before), "official_plain"), model.Text(long, "official_plain"))
    shares = [page.extract_text().count("文") // 28 for page in pages]
    assert sum(shares) == 5
    assert 1 not in shares


@pytest.mark.parametrize("rows", range(24, 32))
def test_a_heading_is_never_the_last_on_its_page(layout: Any, rows: int) -> None:
    facts = model.Facts([("问", "答")])
    pages = pages_of(layout, model.Chapter("章"), model.Facts([("前", "述")] * rows), model.Section("小标题"), facts)
    page = next(page for page in pages if "小标题" in page.extract_text())
    assert "答" in page.extract_text()


@pytest.mark.parametrize("rows", range(16, 22))
def test_a_heading_of_an_official_paper_is_never_the_last_on_its_page(layout: Any, rows: int) -> None:
    text = model.Text("文" * 70, "official")
    pages = pages_of(layout, model.Text("\n".join(["行"] * rows), "official"), model.Text("一、标题", "official_heading"), text)
    page = next(page for page in pages if "标题" in page.extract_text())
    assert "文" in page.extract_text()


def test_a_signature_takes_the_last_part_with_it(layout: Any) -> None:
    signed = model.Together([model.Text("四、决定内容", "official_heading"), model.Space(16), model.Text("某委员会", "official_right")])
    *_, last = pages_of(layout, model.Text("\n".join(["行"] * 20), "official"), signed)
    assert bare(last).startswith("TC-2026-00001")
    assert "四、决定内容某委员会" in bare(last)


def test_rows_stay_whole_and_the_head_stands_once_on_a_page(layout: Any) -> None:
    rows = [(f"第{number}件", SENTENCE * 3) for number in range(40)]
    pages = pages_of(layout, model.Table(("事由", "经过"), rows, (0.3, 0.7)))
    assert [bare(page).count("事由经过") for page in pages] == [1] * len(pages)
    assert sum(bare(page).count(bare_text(SENTENCE * 3)) for page in pages) == 40


def test_a_row_longer_than_a_page_is_printed_whole(layout: Any) -> None:
    pages = pages_of(layout, model.Table(("事由", "经过"), [("甲", SENTENCE * 150)], (0.3, 0.7)))
    found = re.sub(r"—\d+—|TC-2026-00001|事由经过", "", bare(*pages))
    assert len(pages) > 3
    assert found.replace("甲", "", 1) == bare_text(SENTENCE * 150)


def test_three_hundred_pages_of_a_timeline_are_one_table(layout: Any) -> None:
    rows = [("2026-03-04 09:41", "陈某某", SENTENCE)] * 5000
    assert len(pages_of(layout, model.Table(("时间", "人员", "事项"), rows, (0.22, 0.18, 0.6)))) > 300


def test_odd_and_even_pages_mirror_their_margins(layout: Any) -> None:
    blocks = [block for number in range(4) for block in (model.Chapter(f"第{number}章"), model.Text("文" * 1500))]
    pages = pages_of(layout, *blocks)
    assert len(pages) > 6
    edges = {number % 2: set[int]() for number in (1, 2)}
    for number, page in enumerate(pages, start=1):
        edges[number % 2] |= {round(x) for x in left_edges(page, of="文")}
    assert edges == {1: {79}, 0: {74}}  # 28 mm at the binding, 26 mm outside


def left_edges(page: PageObject, *, of: str) -> list[float]:
    found: list[float] = []

    def note(text: str, _ctm: Any, matrix: Any, *_: Any) -> None:
        if of in text:
            found.append(matrix[4] + _ctm[4])

    page.extract_text(visitor_text=note)
    return found


def test_running_head_and_outline_are_cleaned_like_any_text(layout: Any) -> None:
    head = "A\x00\x1b\u202e某厂😀𠅤"
    document = model.Document("案\x00卷", "", "", ("k\x07",), head, [model.Text("文"), model.Chapter("章\x00\x07节")])
    reader = PdfReader(io.BytesIO(layout.render(document).pdf))
    assert "A某厂〔U+1F600〕𠅤" in bare(reader.pages[1])
    assert [entry.title for entry in reader.outline if not isinstance(entry, list)] == ["章节"]
    assert reader.metadata and reader.metadata.title == "案卷"


def test_blanks_that_no_face_has_are_printed_as_blanks(layout: Any) -> None:
    document = model.Document(
        "", "", "", (), "", [model.Text("甲\u2009乙\u205f丙\u1680丁\u2028戊\x85己\r\n庚", style) for style in ("body", "note")]
    )
    printed = layout.render(document)
    text = PdfReader(io.BytesIO(printed.pdf)).pages[0].extract_text()
    assert printed.missing == ()
    assert text.split() == ["甲", "乙", "丙", "丁", "戊", "己", "庚"] * 2


def test_long_titles_stand_whole_in_the_index(layout: Any) -> None:
    title = SENTENCE * 2
    first, *_ = pages_of(layout, model.Chapter("目录", "hidden"), model.Index("目录"), model.Chapter(title, "hidden"), model.Text("文"))
    assert bare_text(title) + "2" in bare(first)


def test_a_drawing_is_cut_between_its_shapes_and_names_its_lanes_on_every_page(layout: Any) -> None:
    from webapp.printing.diagram import Strip, strips

    diagram = next(file.content for file in shipped() if (file.kind, file.key) == ("bpmn", "case_lifecycle"))
    picture = model.Picture(diagram, "case_lifecycle", frozenset({"inspect"}), frozenset({"verify"}))
    parts = [strip for strip in strips(picture, width=layout.WIDTH, height=layout.HEIGHT / 2) if isinstance(strip, Strip)]
    assert len(parts) > 2
    pages = pages_of(layout, model.Chapter("流程图"), picture)
    assert all("镇街" in bare(page) for page in pages)
    assert "现场检查" in bare(*pages)


def bare_text(text: str) -> str:
    return re.sub(r"\s", "", text)
