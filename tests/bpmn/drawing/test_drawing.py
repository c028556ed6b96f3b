"""People can read the shipped diagrams, and the layout tool draws what it is given."""

from __future__ import annotations

from pathlib import Path

import pytest

import bpmn
from bpmn.drawing.check import find_faults, read_planes
from bpmn.drawing.layout import draw_file

DIAGRAMS = sorted((Path(bpmn.__file__).parent / "processes").glob("*.bpmn"))
VERTICAL = {"case_lifecycle", "interim_control", "police_referral", "work_injury"}
WIDEST = 1440
WIDER = {"case_lifecycle": 1800}  # nine lanes: its card scrolls both ways


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_a_person_finds_no_fault_in_the_drawing(path: Path) -> None:
    planes = list(read_planes(path))
    assert planes
    assert [fault for plane in planes for fault in find_faults(plane)] == []


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_a_drawing_fits_on_the_screen(path: Path) -> None:
    lanes = [lane for plane in read_planes(path) for lane in plane.lanes.values()]
    assert max(lane.right for lane in lanes) <= WIDER.get(path.stem, WIDEST)


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_drawing_again_changes_nothing(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    draw_file(copy, is_vertical=path.stem in VERTICAL)
    assert copy.read_bytes() == path.read_bytes()


def test_the_check_sees_a_box_on_a_box(tmp_path: Path) -> None:
    text = DIAGRAMS[1].read_text(encoding="utf-8")
    moved = tmp_path / "moved.bpmn"
    moved.write_text(text.replace('<dc:Bounds x="', '<dc:Bounds x="1'), encoding="utf-8")
    assert any(fault for plane in read_planes(moved) for fault in find_faults(plane))
