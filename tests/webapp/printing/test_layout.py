"""What stands in the PDF is what was stored."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pypdf import PdfReader

from tests.printing import need_fonts
from webapp.printing import model

ALPHABET = "职业健康监督粉尘噪声苯甲苯检测超限整改复查喆堃翀昇犇淼鑫焱垚璟珺祎玥琋婳妤媖湉䶮㛃㙦鿍𠅤𡐓𣲗𬱖，。；：！？（）《》“”、<>&\"'/\\%$#@abcXYZ0123456789.-_ ±×℃‰ⅠⅡ①³²μ"


@pytest.fixture(scope="module")
def layout() -> Iterator[Any]:
    need_fonts()
    from webapp.printing import layout

    yield layout


def document(*blocks: model.Block, **more: Any) -> model.Document:
    return model.Document("案卷", "演示区卫生健康委员会", "某铸造厂", ("TC-1",), "TC-2026-00001", blocks, **more)


def text_of(pdf: bytes) -> str:
    """Without blanks, running heads and page numbers: they interrupt a text that goes over pages."""
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s", "", "".join(re.sub(r"—\s*\d+\s*—|TC-2026-00001", "", page) for page in pages))


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_two_hundred_texts_are_printed_as_they_are_stored(layout: Any) -> None:
    dice = random.Random(7)
    texts = ["".join(dice.choices(ALPHABET, k=dice.randint(1, 180))) for _ in range(200)]
    printed = layout.render(document(*(model.Text(text, dice.choice(["body", "cell", "official", "note"])) for text in texts)))
    assert printed.missing == ()
    found = text_of(printed.pdf)
    assert [text for text in texts if bare(text) not in found] == []


@pytest.mark.parametrize(
    "text",
    [
        "粉尘<PC-TWA限值，噪声>85dB(A)",
        "<b>粗</b><a href='http://x'>链接</a><img src='/etc/passwd'/>&amp;&lt;",
        "{{ 7*7 }} %(x)s {pages} \\n",
        "'; DROP TABLE case_file; --",
    ],
)
def test_markup_is_text(layout: Any, text: str) -> None:
    printed = layout.render(
        document(model.Chapter(text), model.Index("目录"), model.Facts([(text, text)]), model.Table((text,), [(text,)], (1.0,)))
    )
    assert text_of(printed.pdf).count(bare(text)) == 6  # chapter, index, facts twice, table twice


def test_a_character_that_no_face_has_is_told(layout: Any) -> None:
    printed = layout.render(document(model.Text("好😀")))
    assert printed.missing == ("😀",)
    assert "〔U+1F600〕" in text_of(printed.pdf)


def test_subscripts_are_printed_lowered(layout: Any) -> None:
    assert "SiO" in text_of(layout.render(document(model.Text("SiO₂与C₆H₆"))).pdf)


def test_two_hundred_thousand_characters_are_printed_whole(layout: Any) -> None:
    text = "".join(random.Random(3).choices("职业健康监督粉尘噪声检测，。", k=200_000))
    printed = layout.render(document(model.Facts([("说明", text)])))
    assert bare(text) in text_of(printed.pdf)
    assert printed.pages > 100


def test_every_face_is_embedded_and_nothing_else_is_named(layout: Any) -> None:
    blocks = [model.Chapter("标题"), model.Section("节"), model.Text("楷体", "note"), model.Facts([("标签", "正文")]), model.Index("目录")]
    reader = PdfReader(io.BytesIO(layout.render(document(*blocks)).pdf))
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert {font["/BaseFont"].split("+")[-1] for font in fonts} == {"ZhijianSong", "ZhijianTitle", "ZhijianHei", "ZhijianKai"}
    assert all("/FontFile2" in font["/FontDescriptor"].get_object() for font in fonts)


def test_the_index_names_the_pages_and_links_to_them(layout: Any) -> None:
    chapters = [(model.Chapter(f"第{number}章"), model.Text("文" * 900 * number)) for number in range(1, 6)]
    blocks = [model.Chapter("目录", "hidden"), model.Index("目录"), *(block for pair in chapters for block in pair)]
    reader = PdfReader(io.BytesIO(layout.render(document(*blocks)).pdf))
    outline = {str(entry.title): reader.get_destination_page_number(entry) + 1 for entry in reader.outline if not isinstance(entry, list)}
    index = bare(reader.pages[0].extract_text())
    assert all(f"{title}{page}" in index for title, page in outline.items())
    assert len(reader.pages[0]["/Annots"]) == 6


def test_the_number_of_pages_is_told_and_they_are_numbered_outside(layout: Any) -> None:
    printed = layout.render(document(model.Text("文" * 4000), pages_label="共{pages}页"))
    reader = PdfReader(io.BytesIO(printed.pdf))
    assert f"共{printed.pages}页" in text_of(printed.pdf)
    assert [f"— {number} —" in page.extract_text() for number, page in enumerate(reader.pages, start=1)] == [False] + [True] * (
        printed.pages - 1
    )


def test_metadata_say_what_it_is(layout: Any) -> None:
    found = PdfReader(io.BytesIO(layout.render(document(model.Text("文"))).pdf))
    assert found.metadata and (found.metadata.title, found.metadata.author, found.metadata.subject) == (
        "案卷",
        "演示区卫生健康委员会",
        "某铸造厂",
    )
    assert found.trailer["/Root"]["/Lang"] == "zh-CN"


def test_the_same_document_has_the_same_bytes(layout: Any) -> None:
    made = [layout.render(document(model.Chapter("章"), model.Text("文" * 500))).pdf for _ in range(2)]
    assert made[0] == made[1]


def test_a_table_repeats_its_head_on_every_page(layout: Any) -> None:
    printed = layout.render(document(model.Table(("时间", "事项"), [(str(number), "记录" * 40) for number in range(120)], (0.3, 0.7))))
    assert text_of(printed.pdf).count("时间事项") == printed.pages
