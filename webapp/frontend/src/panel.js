// The panel of properties beside the diagram: follows the selection, and stays as it is while somebody types.

import { getBusinessObject } from "bpmn-js/lib/util/ModelUtil";
import { control, node } from "./fields.js";
import { ownerOf, settingsOf } from "./settings.js";
import { kindName, word } from "./words.js";

export class Panel {
  #controls = [];
  #signature = "";

  /** ``touched`` is called while something is typed that is not written yet. */
  constructor(parent, { modeler, model, catalogue, touched }) {
    Object.assign(this, { parent, modeler, model, catalogue, touched });
    const bus = modeler.get("eventBus");
    bus.on("selection.changed", () => this.#follow());
    bus.on("commandStack.changed", () => this.#show());
    this.#follow();
  }

  /** Write what is typed and not written yet. */
  flush() {
    for (const one of this.#controls) one.commit();
  }

  get isBusy() {
    return this.#controls.some((one) => one.isBusy());
  }

  focus(key) {
    this.parent.querySelector(`[name="${key}"]`)?.focus();
  }

  #follow() {
    this.flush(); // a click on the canvas takes the focus only after the selection has changed
    this.#show();
  }

  #show() {
    const selected = this.modeler.get("selection").get();
    const element = selected.length ? selected[0].labelTarget ?? selected[0] : this.modeler.get("canvas").getRootElement();
    const fields = selected.length > 1 ? [] : settingsOf(element, this.model, this.catalogue);
    const signature = [selected.length, element.id, ...fields.map((field) => [field.key, field.help, JSON.stringify(field.options)])].join("|");
    if (signature === this.#signature) {
      for (const one of this.#controls) one.show();
      return;
    }
    this.#signature = signature;
    this.#draw(element, fields, selected.length);
  }

  #draw(element, fields, count) {
    const focused = this.parent.contains(document.activeElement) ? document.activeElement.name : null;
    this.#controls = fields.map((field) => control(field, this.touched));
    const head = count > 1 ? [sentence(word("several", { count }))] : this.#head(element, count);
    this.parent.replaceChildren(...head, ...this.#controls.map((one) => one.node));
    if (focused) this.focus(focused);
  }

  #head(element, count) {
    const owner = ownerOf(element, this.model) ?? getBusinessObject(element);
    const kind = node("h2", { textContent: kindName(owner.$type.replace("bpmn:", "")) });
    const id = node("p", { className: "meta num", textContent: word("identifier", { id: owner.id }) });
    return count ? [kind, id] : [kind, id, sentence(word("pick"))];
  }
}

function sentence(textContent) {
  return node("p", { className: "muted", textContent });
}
