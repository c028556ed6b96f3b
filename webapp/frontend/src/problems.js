// What the check found: a list below the diagram, and marks on the elements.

import { node } from "./fields.js";
import { word } from "./words.js";

const MARKS = ["has-error", "has-warning"];

export class Problems {
  /** ``list``: the page's own list, filled by the server until the first answer. */
  constructor(list, { modeler, model }) {
    Object.assign(this, { list, modeler, model });
    this.marked = [];
  }

  /** ``problems``: severity, file, element, message, rule. */
  show(problems) {
    const rows = problems.map((problem) => this.#row(problem));
    this.list.replaceChildren(...(rows.length ? rows : [node("li", { className: "muted", textContent: word("noProblems") })]));
    this.list.dataset.count = String(problems.length);
    this.#unmark();
    for (const [element, own] of this.#byElement(problems)) this.#mark(element, own);
  }

  #row(problem) {
    const element = this.#elementOf(problem);
    const tag = node("span", { className: problem.severity === "error" ? "tag bad" : "tag warn", textContent: word(problem.severity) });
    const where = node("small", { className: "meta" }, ...[problem.file, problem.element].filter(Boolean).map((text) => node("span", { className: "num", textContent: text })));
    const row = node("li", { className: "row problem-row" }, tag, node("span", { className: "grow" }, problem.message, where));
    Object.assign(row.dataset, { element: problem.element ?? "", rule: problem.rule });
    if (element) row.append(this.#button(element));
    return row;
  }

  #button(element) {
    const button = node("button", { type: "button", className: "btn small", textContent: word("show") });
    button.addEventListener("click", () => this.#select(element.id));
    return button;
  }

  #select(id) {
    const element = this.model.registry.get(id);
    if (!element) return;
    const canvas = this.modeler.get("canvas");
    canvas.setRootElement(canvas.findRoot(element));
    canvas.scrollToElement(element, { top: 80, right: 80, bottom: 80, left: 120 });
    this.modeler.get("selection").select(element);
    canvas.getContainer().scrollIntoView({ block: "nearest" });
  }

  /** Only of this file: other files of the draft have ids of their own. */
  #elementOf(problem) {
    const isHere = !problem.file || problem.file === `${this.model.process?.id}.bpmn`;
    return isHere && problem.element ? this.model.drawn(problem.element) : undefined;
  }

  #byElement(problems) {
    const found = new Map();
    for (const problem of problems) {
      const element = this.#elementOf(problem);
      if (element) found.set(element, [...(found.get(element) ?? []), problem]);
    }
    return found;
  }

  #mark(element, problems) {
    const isError = problems.some((one) => one.severity === "error");
    const badge = node("span", { className: isError ? "problem-badge" : "problem-badge is-warning", textContent: isError ? "!" : "?", title: problems.map((one) => one.message).join("\n") });
    badge.setAttribute("role", "img");
    badge.setAttribute("aria-label", badge.title);
    this.modeler.get("canvas").addMarker(element, isError ? MARKS[0] : MARKS[1]);
    this.modeler.get("overlays").add(element, "problem", { position: { top: -10, right: 10 }, html: badge });
    this.marked.push(element.id);
  }

  #unmark() {
    this.modeler.get("overlays").remove({ type: "problem" });
    for (const id of this.marked) {
      if (this.model.registry.get(id)) for (const mark of MARKS) this.modeler.get("canvas").removeMarker(id, mark);
    }
    this.marked = [];
  }
}
