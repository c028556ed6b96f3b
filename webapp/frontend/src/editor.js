// The diagram editor of /diagrams/drafts/…/edit: brings the parts together.

import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "./editor.css";
import { Model } from "./model.js";
import { createModeler } from "./modeler.js";
import { Panel } from "./panel.js";
import { Problems } from "./problems.js";
import { Saving } from "./saving.js";
import { speak, word } from "./words.js";

const NARROW = "(max-width: 860px)";
const READABLE = 0.75; // names are 12 pixels high at 1
const MARGIN = 12;
const EMPTY_CATALOGUE = { roles: [], forms: [], decisions: [], deadlines: [], processes: [], messages: [] };
const byId = (id) => document.getElementById(id);

const canvas = byId("bpmn-editor");
if (canvas) open(canvas);

async function open(container) {
  const page = container.dataset;
  const status = byId("editor-status");
  speak(page.locale);
  status.textContent = word("loading");
  const isReadOnly = matchMedia(NARROW).matches;
  const [xml, catalogue] = await Promise.all([text(page.contentUrl), json(page.catalogueUrl)]);
  const modeler = createModeler(container, { locale: page.locale, isReadOnly });
  if (!(await imported(modeler, xml))) return fail(container, status);
  bringIntoView(modeler.get("canvas"));
  byId("editor-fit").addEventListener("click", () => showAll(modeler.get("canvas")));
  byId("editor-download").addEventListener("click", async () => download(await contentOf(modeler), page.contentUrl));
  if (isReadOnly) show(container, status);
  else edit({ container, page, status, modeler, catalogue });
  return ready(container);
}

function edit({ container, page, status, modeler, catalogue }) {
  const model = new Model(modeler);
  const problems = new Problems(byId("bpmn-problems"), { modeler, model });
  const flush = () => {
    if (modeler.get("directEditing").isActive()) modeler.get("directEditing").complete();
    panel.flush();
  };
  const saving = new Saving({ page, status, flush, content: () => contentOf(modeler), showProblems: (found) => problems.show(found) });
  const panel = new Panel(byId("bpmn-properties"), { modeler, model, catalogue: catalogue ?? EMPTY_CATALOGUE, touched: () => saving.touched() });
  modeler.on("commandStack.changed", ({ trigger }) => trigger !== "clear" && saving.changed());
  wire(modeler, saving, container);
  saving.say(word(catalogue ? "ready" : "noCatalogue"), catalogue ? "" : "failed");
  saving.check();
}

function wire(modeler, saving, container) {
  const stack = modeler.get("commandStack");
  const undo = byId("editor-undo");
  const redo = byId("editor-redo");
  const refresh = () => {
    undo.disabled = !stack.canUndo();
    redo.disabled = !stack.canRedo();
  };
  undo.addEventListener("click", () => stack.undo());
  redo.addEventListener("click", () => stack.redo());
  byId("editor-save").addEventListener("click", () => saving.save());
  modeler.on("commandStack.changed", refresh);
  refresh();
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    saving.save();
  });
  container.querySelector("svg").setAttribute("aria-label", document.title);
}

/** All of it, beside the palette. */
function showAll(canvas) {
  const { inner, room, left } = measured(canvas);
  const scale = Math.min(room.width / inner.width, room.height / inner.height, 1.2);
  look(canvas, { x: inner.x - (room.width / scale - inner.width) / 2, y: inner.y - (room.height / scale - inner.height) / 2, scale, left });
}

/** All of it if its names can be read then, else its beginning. */
function bringIntoView(canvas) {
  showAll(canvas);
  if (canvas.zoom() >= READABLE) return;
  const { inner, room, left } = measured(canvas);
  look(canvas, { x: inner.x - Math.max(0, room.width / READABLE - inner.width) / 2, y: inner.y, scale: READABLE, left });
}

function measured(canvas) {
  const { inner, outer } = canvas.viewbox();
  const palette = canvas.getContainer().querySelector(".djs-palette");
  const left = MARGIN + (palette ? palette.offsetWidth + MARGIN : 0);
  return { inner, left, room: { width: outer.width - left - MARGIN, height: outer.height - 2 * MARGIN } };
}

/** Shows the point of the diagram at the left top corner of the room. */
function look(canvas, { x, y, scale, left }) {
  const { outer } = canvas.viewbox();
  canvas.viewbox({ x: x - left / scale, y: y - MARGIN / scale, width: outer.width / scale, height: outer.height / scale });
}

function show(container, status) {
  for (const id of ["editor-save", "editor-undo", "editor-redo", "bpmn-properties"]) byId(id).hidden = true;
  container.classList.add("is-read-only");
  status.textContent = word("narrow");
}

async function imported(modeler, xml) {
  try {
    await modeler.importXML(xml ?? "");
    return true;
  } catch {
    return false;
  }
}

function fail(container, status) {
  status.textContent = word("unreadable");
  status.className = "saved failed";
  container.dataset.state = "failed";
}

function ready(container) {
  container.dataset.readyMs = String(Math.round(performance.now()));
  container.dataset.state = "ready";
}

async function contentOf(modeler) {
  return (await modeler.saveXML({ format: true })).xml;
}

function download(xml, address) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([xml], { type: "application/xml" }));
  link.download = `${address.split("/").at(-2)}.bpmn`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function text(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  return answer.ok ? answer.text() : null;
}

async function json(address) {
  try {
    const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
