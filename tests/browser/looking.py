"""What is judged of every page: axe-core, the width, the frame of the page, the keyboard, and that nothing comes from elsewhere."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Page

from webapp.assets.bundle import Places, libraries

WIDE, PHONE, ZOOMED = (1440, 900), (390, 844), (720, 450)  # 720: a window of 1440 at 200 %
FRAME = """() => ({
  headings: document.querySelectorAll('h1').length, lang: document.documentElement.lang, title: document.title,
  ids: [...document.querySelectorAll('[id]')].map(one => one.id).filter((id, index, all) => all.indexOf(id) !== index),
})"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 3).map(one => one.outerHTML.slice(0, 120)).concat('page')"""
# A focus that cannot be seen, and things to press that Tab does not reach.
UNFOCUSED = """() => {
  const shown = one => one.checkVisibility({visibilityProperty: true}) && !one.closest('[inert]');
  const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=option]';
  const things = [...document.querySelectorAll(kinds)];
  return things.filter(one => shown(one) && !one.disabled && !one.closest('.djs-container, #bpmn-editor')).filter(one => {
    one.focus({preventScroll: true});
    const drawn = [one, one.closest('.choice, label, .find')].filter(Boolean).map(getComputedStyle);
    const lined = style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const visible = drawn.some(style => lined(style) || style.boxShadow !== 'none');
    return one.tabIndex < 0 && !one.closest('[role=listbox], [role=tablist], [data-roving]') || document.activeElement !== one || !visible;
  }).slice(0, 5).map(one => one.outerHTML.slice(0, 160));
}"""
AXE = """async rules => {
  const options = {resultTypes: ['violations'], ...(rules ? {runOnly: {type: 'rule', values: rules}} : {})};
  const found = await axe.run(document, options);
  return found.violations.flatMap(rule => rule.nodes.slice(0, 4).map(
    node => `${rule.id}: ${node.html.slice(0, 160)} (${(node.any[0] || node.all[0] || node.none[0] || {}).message || ''})`));
}"""
CONTRAST = ["color-contrast"]


@cache
def axe() -> str:
    """The text of axe-core from the libraries that ``make assets`` keeps."""
    file = libraries(Places().source) / "node_modules" / "axe-core" / "axe.min.js"
    if not file.is_file():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("axe-core is not here: run `make assets`")
    return file.read_text(encoding="utf-8")


def frame_faults(page: Page) -> list[str]:
    told: dict[str, Any] = page.evaluate(FRAME)
    faults = [] if told["headings"] == 1 else [f"{told['headings']} h1"]
    faults += [] if told["lang"] in ("zh-CN", "en") else [f"lang {told['lang']!r}"]
    return faults + [f"id twice: {one}" for one in told["ids"][:3]]


def width_faults(page: Page) -> list[str]:
    """At a phone's width, and where 200 % leaves half the room."""
    found = []
    for width, height in (ZOOMED, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        found += [f"wider than {width}: {one}" for one in page.evaluate(TOO_WIDE)]
    return found


def focus_faults(page: Page) -> list[str]:
    page.keyboard.press("Tab")  # from now on the browser draws the focus
    return [f"focus: {one}" for one in page.evaluate(UNFOCUSED)]


def axe_faults(page: Page, *, size: tuple[int, int], theme: str, rules: list[str] | None = None) -> list[str]:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe())
    return [f"{theme} {size[0]}: {one}" for one in page.evaluate(AXE, rules)]
