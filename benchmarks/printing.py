"""How long a dossier of 10 pages takes in the warm renderer, and a page of text beside ReportLab's own paragraphs."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Client
from pathlib import Path
from statistics import median

from benchmarks.figures import quantile
from benchmarks.goals import Verdict
from webapp.printing import model
from webapp.printing.fonts import FontsMissing, font_files
from webapp.processes.files import shipped

ROUNDS, PAGES = 40, 10
SENTENCE = "经查，当事人铸造车间矽尘浓度为8.5 mg/m³，噪声为92 dB(A)，均超过限值；未组织35名劳动者进行职业健康检查（详见“现场检查记录”）。"


def verdicts(missing: list[str]) -> list[Verdict]:
    """Two lines, or a sentence added to ``missing``."""
    try:
        font_files()
    except FontsMissing as error:
        missing.append(f"printing: {error}")
        return []
    with tempfile.TemporaryDirectory(prefix="zj-") as folder, _renderer(Path(folder) / "r.sock") as place:
        found = [_milliseconds(place) for _ in range(ROUNDS)]
    p95 = quantile(found, 0.95)
    ours, bare = _text_pages()
    return [
        Verdict(8, f"dossier of {PAGES} pages, warm renderer", "", "socket", 1, median(found), p95, "", p95, "ms", 150.0),
        Verdict(8, "a page of text", "", "", 1, ours, None, f"{bare:.2f} bare ReportLab, same font", ours / bare, "", 2.0),
    ]


def dossier() -> model.Document:
    """What a case as far as its decision looks like: tables, sheets, an official paper, a drawing."""
    facts = model.Facts([(f"第{number}项询问的内容", SENTENCE) for number in range(1, 9)])
    events = [("2026-03-04 09:41", "陈某某", SENTENCE[:40])] * 30
    sheets = [block for number in range(1, 3) for block in (model.Section(f"现场检查记录 {number}"), model.Text("陈某某", "note"), facts)]
    diagram = next(file.content for file in shipped() if (file.kind, file.key) == ("bpmn", "correction"))
    blocks = [
        model.Space(45), model.Text("职业健康监督案卷", "cover_title"),
        model.Chapter("目录", "hidden"), model.Index("目录"),
        model.Chapter("当事人"), facts,
        model.Chapter("办理经过"), model.Table(("时间", "人员", "事项"), events, (0.22, 0.18, 0.6)),
        model.Chapter("行政处罚决定书", "hidden"), model.Text("某市卫生健康委员会", "red_head"), model.Rule("red"),
        *(model.Text(SENTENCE * 2, "official") for _ in range(3)),
        model.Chapter("表单和记录"), *sheets,
        model.Chapter("流程图", "section"), model.Picture(diagram, "correction", frozenset(), frozenset({"reinspect"})),
        model.Chapter("备考表"),
    ]  # fmt: skip
    return model.Document("案卷", "某市卫生健康委员会", "某铸造厂", ("TC-1",), "TC-2026-00001  某铸造厂", blocks, "本卷共 {pages} 页。")


def _milliseconds(place: Path) -> float:
    """As a web worker sees it."""
    began = time.perf_counter()
    with Client(str(place), family="AF_UNIX") as connection:
        connection.send(dossier())
        printed = connection.recv()
    assert printed.pages == PAGES, printed.pages
    return (time.perf_counter() - began) * 1000


@contextmanager
def _renderer(place: Path) -> Iterator[Path]:
    environment = {**os.environ, "ZHIJIAN_RENDERER": str(place)}
    process = subprocess.Popen([sys.executable, "-m", "webapp.printing.renderer"], env=environment)
    try:
        for _ in range(300):
            if place.exists():
                break
            time.sleep(0.1)
        yield place
    finally:
        process.terminate()
        process.wait(20)


def _text_pages() -> tuple[float, float]:
    """Milliseconds per page: ours and ReportLab's own ``wordWrap="CJK"``, in turn; the least disturbed of the rounds."""
    rounds = [(_per_page(_ours), _per_page(_bare)) for _ in range(5)]
    return min(ours for ours, _ in rounds), min(bare for _, bare in rounds)


def _per_page(work: Callable[[], int]) -> float:
    began = time.perf_counter()
    pages = work()
    return (time.perf_counter() - began) * 1000 / pages


def _texts() -> list[str]:
    return [f"{number} {SENTENCE * 4}" for number in range(200)]


def _ours() -> int:
    from webapp.printing.layout import render

    return render(model.Document("", "", "", (), "案卷", [model.Text(text, "official") for text in _texts()])).pages


def _bare() -> int:
    """The same text in the same font, size and type area, without head and page numbers."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    from webapp.printing.layout import BINDING, BOTTOM, TOP
    from webapp.printing.styles import STYLES

    wanted = STYLES["official"]
    style = ParagraphStyle("bare", fontName=wanted.role, fontSize=wanted.size, leading=wanted.leading, wordWrap="CJK")
    template = SimpleDocTemplate(io.BytesIO(), leftMargin=BINDING, rightMargin=BINDING, topMargin=TOP, bottomMargin=BOTTOM)
    template.build([Paragraph(text, style) for text in _texts()])
    return int(template.page)


if __name__ == "__main__":
    for verdict in verdicts([]):
        print(f"{verdict.figure}: median {verdict.median_ms:.1f} ms, {verdict.value:.2f} {verdict.unit}; goal <= {verdict.limit:g}")
