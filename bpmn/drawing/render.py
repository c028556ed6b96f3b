"""Draw BPMN files with the bpmn-js viewer in headless Chromium, as SVG and PNG, for a person to look at.

    python -m bpmn.drawing.render --viewer node_modules/bpmn-js/dist/bpmn-viewer.production.min.js FILE ...

Needs ``playwright``, a Chromium and a Chinese font on the machine. Writes ``diagram.svg`` and ``diagram.png`` beside
each file. Exit status 1 if bpmn-js reports warnings (an element without a shape, a broken reference).
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PAGE = '<body style="margin: 0; background: white"><div id="canvas" style="height: 900px"></div></body>'
DRAW = """async (xml) => {
  const fontFamily = '"Noto Sans SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif';
  const viewer = new BpmnJS({ container: '#canvas', textRenderer: { defaultStyle: { fontFamily } } });
  const { warnings } = await viewer.importXML(xml);
  const { svg } = await viewer.saveSVG();
  viewer.destroy();
  return { svg, warnings: warnings.map(warning => warning.message) };
}"""


def draw(page: Page, source: Path, *, width: int) -> list[str]:
    """Write the SVG and PNG (``width`` CSS pixels) of one diagram; return the warnings of bpmn-js."""
    drawing = page.evaluate(DRAW, source.read_text(encoding="utf-8"))
    source.with_suffix(".svg").write_text(drawing["svg"], encoding="utf-8")
    page.locator("#canvas").evaluate("(canvas, svg) => { canvas.innerHTML = svg }", drawing["svg"])
    picture = page.locator("#canvas > svg")
    picture.evaluate("(svg, width) => { svg.setAttribute('width', width); svg.removeAttribute('height') }", width)
    picture.screenshot(path=source.with_suffix(".png"))
    return list(drawing["warnings"])


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("diagrams", nargs="+", type=Path)
    arguments.add_argument("--viewer", type=Path, required=True, help="bpmn-viewer.production.min.js of bpmn-js")
    arguments.add_argument("--chromium", default=shutil.which("chromium"))
    arguments.add_argument("--width", type=int, default=1600, help="of the PNG, in pixels")
    options = arguments.parse_args()
    failed = False
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": options.width + 40, "height": 1000})
        page.set_content(PAGE)
        page.add_script_tag(path=options.viewer)
        for source in options.diagrams:
            for warning in draw(page, source, width=options.width):
                failed = True
                sys.stdout.write(f"{source.name}: {warning}\n")
        browser.close()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
