"""The diagram editor in Chromium: it changes what an administrator means to change, and nothing else."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import Browser, Locator, Page, expect

from bpmn.engine.compiler import compile_edition
from tests.browser.conftest import Person
from tests.site import Site
from tests.webapp.diagrams.changing import active_content, drafted
from webapp.assets.bundle import Places, digest, is_built
from webapp.core.db import db
from webapp.diagrams.models import Draft, DraftFile
from webapp.diagrams.services import artifact
from webapp.processes import editions

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
SHIPPED = sorted(path.stem for path in (Path(__file__).parents[2] / "bpmn" / "processes").glob("*.bpmn"))
EXTENSIONS = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OPEN_MS = 2000
Open = Callable[..., "Desk"]


@pytest.fixture(autouse=True)
def bundle() -> None:
    if is_built(Places().dist, digest(Places().source)):
        return
    if os.environ.get("CI"):
        pytest.fail("the diagram editor is not built: run `make assets`")
    pytest.skip("the diagram editor is not built: run `make assets`")


class Desk:
    """An administrator before the editor of one diagram."""

    def __init__(self, person: Person, draft_id: int, key: str) -> None:
        self.person, self.page, self.draft_id, self.key = person, person.page, draft_id, key
        self.outside: list[str] = []
        base = person.page.url.split("/", 3)[:3]
        self.page.on("request", lambda sent: None if sent.url.startswith(("/".join(base), "blob:")) else self.outside.append(sent.url))
        self.load()

    def load(self) -> None:
        self.page.goto(f"/diagrams/drafts/{self.draft_id}/files/bpmn/{self.key}/edit")
        expect(self.page.locator("#bpmn-editor[data-state]")).to_be_attached()

    def shape(self, element: str) -> Locator:
        return self.page.locator(f".djs-element[data-element-id='{element}'] > .djs-hit").first

    def select(self, element: str, *, place: Any = None) -> None:
        self.page.keyboard.press("Escape")
        self.page.locator("#editor-fit").click()
        self.shape(element).click(force=True, position=place)
        expect(self.page.locator("#bpmn-properties .meta").first).to_contain_text(element)

    def field(self, key: str) -> Locator:
        return self.page.locator(f"#bpmn-properties [name='{key}']")

    def saved(self) -> bytes:
        """What the server has, once it has it all."""
        expect(self.page.locator("#editor-status")).to_have_attribute("data-state", "saved", timeout=15_000)
        db.session.remove()
        file = db.session.query(DraftFile).filter_by(draft_id=self.draft_id, key=self.key).one()
        return file.content

    def downloaded(self) -> bytes:
        with self.page.expect_download() as waiting:
            self.page.locator("#editor-download").click()
        return Path(waiting.value.path()).read_bytes()


@pytest.fixture
def open_editor(browser: Browser, site: Site, cast: Any) -> Iterator[Open]:
    desks: list[Desk] = []

    def open_one(key: str, content: bytes | None = None, *, username: str = "admin", **person: Any) -> Desk:
        draft = _draft(cast, key, content)
        desks.append(Desk(Person(browser, site, username, **person), draft.id, key))
        return desks[-1]

    yield open_one
    for desk in desks:
        faults = [fault for fault in desk.person.faults if "409" not in fault]
        desk.person.close()
        assert faults == []
        assert desk.outside == []


def _draft(cast: Any, key: str, content: bytes | None) -> Draft:
    draft = drafted(cast.admin, ("bpmn", key, content or active_content("bpmn", key).encode()))
    db.session.commit()
    return draft


def errors_in(content: bytes, key: str) -> list[str]:
    return [problem.en for problem in editions.check(editions.laid_over([artifact("bpmn", key, content)])) if problem.severity == "error"]


def canonical(content: bytes) -> Any:
    """Everything that has a meaning, in an order of its own: attributes, texts, coordinates, extensions; not empty labels.

    An event that interrupts may say so or not: BPMN's default, which the editor leaves out.
    """

    def of(element: Any) -> tuple[Any, ...]:
        inner = [child for child in element if isinstance(child.tag, str) and not (child.tag.endswith("BPMNLabel") and not len(child))]
        children = sorted((of(child) for child in inner), key=repr)
        attributes = sorted(set(element.attrib.items()) - {("cancelActivity", "true")})
        return (element.tag, attributes, (element.text or "").strip(), children)

    return of(etree.fromstring(content))


def child_of(content: bytes, element: str) -> Any:
    return next(node for node in etree.fromstring(content).iter(f"{BPMN}*") if node.get("id") == element)


def property_of(content: bytes, element: str, name: str) -> str | None:
    found = child_of(content, element).find(f"{BPMN}extensionElements/{EXTENSIONS}properties/{EXTENSIONS}property[@name='{name}']")
    return None if found is None else found.get("value")


@pytest.mark.parametrize("key", SHIPPED)
def test_a_shipped_diagram_goes_through_the_editor_unchanged(open_editor: Open, key: str) -> None:
    desk = open_editor(key)
    before = active_content("bpmn", key).encode()
    after = desk.downloaded()
    assert canonical(after) == canonical(before)
    process = compile_edition(editions.laid_over([artifact("bpmn", key, after)])).process(key)
    assert process.elements == compile_edition(editions.laid_over([])).process(key).elements
    expect(desk.page.locator("#editor-status")).not_to_have_attribute("data-state", "unsaved")


def test_it_opens_quickly(open_editor: Open) -> None:
    desk = open_editor("case_lifecycle")
    assert int(desk.page.locator("#bpmn-editor").get_attribute("data-ready-ms") or "0") > 0  # the goal is measured by `make bench`
    expect(desk.page.locator(".bjs-powered-by")).to_be_visible()


def test_a_changed_form_is_saved_by_itself_and_is_there_after_a_reload(open_editor: Open) -> None:
    desk = open_editor("correction")
    task = next(one for one in _user_tasks("correction") if property_of(active_content("bpmn", "correction").encode(), one, "form"))
    desk.select(task)
    desk.field("form").select_option("supplement")
    assert property_of(desk.saved(), task, "form") == "supplement"
    desk.load()
    desk.select(task)
    expect(desk.field("form")).to_have_value("supplement")


def test_a_new_step_on_a_flow_is_sound_once_the_list_is_worked_off(open_editor: Open) -> None:
    desk = open_editor("police_referral")
    drop_user_task_on(desk, "to_send")
    problems = desk.page.locator("#bpmn-problems .problem-row")
    expect(problems.filter(has_text="没有名称")).to_be_visible(timeout=15_000)
    added = problems.filter(has_text="没有名称").get_attribute("data-element") or ""
    expect(desk.page.locator(f".djs-element.has-error[data-element-id='{added}']")).to_be_attached()
    expect(desk.page.locator(f".djs-overlays[data-container-id='{added}'] .problem-badge")).to_be_attached()
    desk.page.locator(".djs-container svg").first.click(position={"x": 5, "y": 300})
    problems.filter(has_text="没有名称").locator("button").click()
    expect(desk.page.locator("#bpmn-properties .meta").first).to_contain_text(added)
    desk.field("name").fill("核对移送材料")
    desk.field("name_en").fill("Check the papers")
    desk.field("form").select_option("supplement")
    expect(desk.page.locator("#bpmn-problems")).to_have_attribute("data-count", "0", timeout=15_000)
    content = desk.saved()
    assert errors_in(content, "police_referral") == []
    element = compile_edition(editions.laid_over([artifact("bpmn", "police_referral", content)])).process("police_referral").elements[added]
    assert (element.kind, element.name, element.name_en, element.role) == ("userTask", "核对移送材料", "Check the papers", "HD_PRIN")


def test_typed_text_is_saved_without_leaving_its_field_and_undo_takes_it_back(open_editor: Open) -> None:
    desk = open_editor("correction")
    task = _user_tasks("correction")[0]
    desk.select(task)
    before = desk.field("name").input_value()
    desk.field("name").press("End")
    desk.field("name").press_sequentially("（改）")
    expect(desk.page.locator("#editor-status")).to_have_attribute("data-state", "unsaved")
    assert child_of(desk.saved(), task).get("name") == f"{before}（改）"
    expect(desk.field("name")).to_be_focused()
    desk.page.locator("#editor-undo").click()
    expect(desk.field("name")).to_have_value(before)
    desk.page.locator("#editor-save").click()
    assert canonical(desk.saved()) == canonical(active_content("bpmn", "correction").encode())


def test_every_kind_of_setting_is_written_as_the_engine_reads_it(open_editor: Open) -> None:
    desk = open_editor("case_lifecycle")
    desk.select("start_correction")
    desk.field("child").select_option("work_injury")
    desk.field("result_variable").fill("leg")
    desk.select("verified")
    desk.field("default").select_option("to_unfounded")
    desk.select("set_window")
    desk.field("script").fill("defence_until = window['on']")
    desk.select("verify")
    desk.field("opens").select_option("DECIDE")
    desk.field("opens").select_option("CLOSE")
    desk.page.locator("#bpmn-properties .chosen button").first.click()
    content = desk.saved()
    operator = child_of(content, "start_correction").find(f"{BPMN}extensionElements/{EXTENSIONS}serviceTaskOperator")
    assert (operator.get("id"), operator.get("resultVariable")) == ("start_child", "leg")
    parameters = [dict(one.attrib) for one in operator.iter(f"{EXTENSIONS}parameter")]
    assert parameters == [{"id": "process", "type": "str", "value": "'work_injury'"}]
    assert child_of(content, "verified").get("default") == "to_unfounded"
    assert child_of(content, "to_unfounded").find(f"{BPMN}conditionExpression") is None
    assert child_of(content, "set_window").findtext(f"{BPMN}script") == "defence_until = window['on']"
    assert property_of(content, "verify", "opens") == "DECIDE CLOSE"  # the clock it had was taken off


def test_a_lane_gets_its_role_with_its_name(open_editor: Open) -> None:
    desk = open_editor("police_referral")
    desk.select("HD_PRIN", place={"x": 12, "y": 12})
    desk.field("name").fill("正职负责人")
    expect(desk.field("role").locator("option[value=HD_LEAD]")).to_be_disabled()
    desk.field("role").select_option("HD_OFF")
    content = desk.saved()
    process = compile_edition(editions.laid_over([artifact("bpmn", "police_referral", content)])).process("police_referral")
    assert process.elements["approve"].role == "HD_OFF"
    assert not [one for one in etree.fromstring(content).iter(f"{BPMN}lane") if one.get("id") == "HD_PRIN"]


def test_nothing_that_the_checks_refuse_is_offered(open_editor: Open) -> None:
    desk = open_editor("correction")
    assert set(_names(desk, ".djs-palette .entry")) == {
        "hand-tool", "lasso-tool", "space-tool", "global-connect-tool", "create.start-event", "create.end-event", "create.message-event",
        "create.timer-event", "create.user-task", "create.service-task", "create.exclusive-gateway", "create.parallel-gateway",
    }  # fmt: skip
    desk.select(_user_tasks("correction")[0])
    desk.page.locator(".djs-context-pad [data-action=replace]").click()
    assert {name.removeprefix("replace-with-") for name in _names(desk, ".djs-popup .entry", attribute="data-id")} == {
        "service-task", "receive-task", "rule-task", "script-task", "call-activity", "expanded-subprocess",
    }  # fmt: skip


def test_a_second_editor_keeps_typed_work_and_says_what_to_do(open_editor: Open, browser: Browser, site: Site) -> None:
    first = open_editor("correction")
    second = Desk(Person(browser, site, "admin2"), first.draft_id, "correction")
    task = _user_tasks("correction")[0]
    second.select(task)
    second.field("name").fill("先保存的名称")
    second.saved()
    first.select(task)
    first.field("name").fill("后保存的名称")
    status = first.page.locator("#editor-status")
    expect(status).to_have_attribute("data-state", "failed", timeout=15_000)
    expect(status).to_contain_text("请先下载您的版本")
    assert "后保存的名称" in first.downloaded().decode()
    second.person.close()


def test_leaving_with_unsaved_work_is_warned_about(open_editor: Open) -> None:
    desk = open_editor("correction")
    asked: list[str] = []
    desk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk.select(_user_tasks("correction")[0])
    desk.field("name").press_sequentially("改")
    desk.page.goto("/diagrams")
    assert asked == ["beforeunload"]


def test_a_narrow_screen_shows_the_diagram_and_says_why_it_cannot_be_changed(open_editor: Open) -> None:
    desk = open_editor("correction", is_phone=True)
    expect(desk.page.locator("#editor-status")).to_contain_text("请在电脑上修改")
    expect(desk.page.locator(".djs-shape").first).to_be_attached()
    expect(desk.page.locator(".djs-palette")).to_have_count(0)
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_editor_speaks_english(open_editor: Open) -> None:
    desk = open_editor("correction", language="en-GB")
    desk.select(_user_tasks("correction")[0])
    expect(desk.page.locator("#bpmn-properties h2")).to_have_text("User task")
    labels = desk.page.locator("#bpmn-properties label, .djs-palette .entry")
    shown = labels.evaluate_all("all => all.map(one => one.title || one.innerText)")
    assert not [text for text in shown if re.search("[\u4e00-\u9fff]", text)]


def test_a_file_without_a_drawing_is_explained(open_editor: Open) -> None:
    bare = re.sub(r"<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", "", active_content("bpmn", "correction"), flags=re.DOTALL)
    desk = open_editor("correction", bare.encode())
    expect(desk.page.locator("#editor-status")).to_contain_text("不是可以显示的流程图")


def _user_tasks(key: str) -> list[str]:
    return [node.get("id") for node in etree.fromstring(active_content("bpmn", key).encode()).iter(f"{BPMN}userTask")]


def _names(desk: Desk, selector: str, *, attribute: str = "data-action") -> list[str]:
    expect(desk.page.locator(selector).first).to_be_visible()
    return [str(name) for name in desk.page.locator(selector).evaluate_all(f"all => all.map(one => one.getAttribute('{attribute}'))")]


def drop_user_task_on(desk: Desk, flow: str) -> None:
    page: Page = desk.page
    page.locator("#editor-fit").click()
    box = page.locator(f".djs-element[data-element-id='{flow}'] > .djs-hit").first.bounding_box()
    assert box is not None
    page.locator(".djs-palette [data-action='create.user-task']").click()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 40, y)
    page.mouse.move(x, y, steps=4)
    page.mouse.click(x, y)
