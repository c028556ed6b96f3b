// Controls of the panel. Each answers {node, show(), commit(), isBusy()}; it writes on "change", so that one edit is one step of undo.

import { word } from "./words.js";

/** ``field``: one of settings.js. ``touched`` is called while something is typed that is not written yet. */
export function control(field, touched) {
  if (field.kind === "sentence") return plain(field);
  const made = { text: textControl, select: selectControl, several: severalControl }[field.kind](field, touched);
  made.show();
  return made;
}

function plain(field) {
  return { node: node("p", { className: "muted", textContent: field.label }), show() {}, commit() {}, isBusy: () => false };
}

function textControl(field, touched) {
  const input = node(field.rows ? "textarea" : "input", { id: idOf(field), name: field.key, className: field.isCode ? "input code" : "input", autocomplete: "off" });
  if (field.rows) input.rows = field.rows;
  if (field.isCode) input.spellcheck = false;
  let shown = "";
  const commit = () => {
    if (input.value === shown) return;
    shown = input.value;
    field.write(input.value.trim());
  };
  input.addEventListener("input", touched);
  input.addEventListener("change", commit);
  const show = () => {
    if (input.value !== shown) return; // typed, not written yet
    shown = field.read();
    input.value = shown;
    shown = input.value; // a line of text loses its line breaks
  };
  return { node: row(field, input), show, commit, isBusy: () => input.value !== shown };
}

function selectControl(field) {
  const select = node("select", { id: idOf(field), name: field.key, className: "input" });
  select.addEventListener("change", () => field.write(select.value));
  const show = () => {
    const value = field.read();
    select.replaceChildren(...withValue(field.options, value).map(option));
    select.value = value;
  };
  return { node: row(field, select), show, commit() {}, isBusy: () => false };
}

/** Several codes in one property, parted by spaces. */
function severalControl(field) {
  const chosen = node("ul", { className: "chosen" });
  const adding = node("select", { id: idOf(field), name: field.key, className: "input" });
  const codes = () => field.read().split(/[\s,]+/).filter(Boolean);
  const write = (wanted) => field.write(wanted.join(" "));
  adding.addEventListener("change", () => write([...codes(), adding.value]));
  const show = () => {
    const have = codes();
    chosen.replaceChildren(...have.map((code) => chip(code, field, () => write(codes().filter((one) => one !== code)))));
    adding.replaceChildren(...[{ value: "", label: word("add") }, ...field.options.filter((one) => !have.includes(one.value))].map(option));
  };
  return { node: row(field, chosen, adding), show, commit() {}, isBusy: () => false };
}

function chip(code, field, remove) {
  const label = field.options.find((one) => one.value === code)?.label ?? word("unknownChoice", { value: code });
  const button = node("button", { type: "button", className: "btn quiet small", textContent: "×", title: word("remove", { name: label }) });
  button.setAttribute("aria-label", button.title);
  button.addEventListener("click", remove);
  return node("li", {}, node("span", { textContent: label }), button);
}

function withValue(options, value) {
  if (options.some((one) => one.value === value)) return options;
  return [{ value, label: value ? word("unknownChoice", { value }) : word("none") }, ...options];
}

function option({ value, label, isDisabled }) {
  return node("option", { value, textContent: label, disabled: Boolean(isDisabled) });
}

function row(field, ...inputs) {
  const label = node("label", { htmlFor: idOf(field), textContent: field.label });
  const parts = [label, ...inputs];
  if (field.help) {
    const help = node("p", { id: `${idOf(field)}-help`, className: "help", textContent: field.help });
    inputs.at(-1).setAttribute("aria-describedby", help.id);
    parts.push(help);
  }
  return node("div", { className: "field" }, ...parts);
}

function idOf(field) {
  return `property-${field.key}`;
}

export function node(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
