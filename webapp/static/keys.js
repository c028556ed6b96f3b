// Keyboard shortcuts, declared where the thing is: `data-key="n"` on a link, button or field; "g i" is g, then i.
// A link or button is pressed, a field gets the focus. `?` lists those of the page, named by `data-key-label`, else by their own text.
// A key that another script of the page answers is only listed: `data-key-info="j"` with `data-key-label`, on any element.
"use strict";

const keys = { dialog: document.getElementById("keys"), began: "", timer: 0 };
const OFF = "shortcuts-off";

function keysAreOff() {
  try { return localStorage.getItem(OFF) === "yes"; } catch { return false; }
}

const isShown = (element) => element.getClientRects().length > 0 && !element.closest("[aria-disabled=true], :disabled");
const isTyping = (element) => element.isContentEditable || element.matches("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select");
const labelOf = (element) => (element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent).trim();
const declared = () => [...document.querySelectorAll("[data-key]")];

function press(element) {
  if (element.matches("input:not([type=checkbox], [type=radio]), textarea, select")) {
    element.focus();
    element.select?.();
  } else {
    element.focus({ preventScroll: true });
    element.click();
  }
}

function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || keysAreOff()) return;
  if (event.target.closest?.("dialog") || isTyping(event.target)) return escaped(event);
  const typed = keys.began ? `${keys.began} ${event.key}` : event.key;
  clearTimeout(keys.timer);
  keys.began = "";
  const found = declared().find((one) => one.dataset.key === typed && isShown(one));
  if (found) {
    event.preventDefault();
    return press(found);
  }
  if (typed === "?") return showKeys();
  if (typed.length > 1 || !declared().some((one) => one.dataset.key.startsWith(`${typed} `))) return;
  keys.began = typed;
  keys.timer = setTimeout(() => { keys.began = ""; }, 1500);
}

// Escape leaves a search box, so that shortcuts work again.
function escaped(event) {
  if (event.key === "Escape" && event.target.matches("input[type=search]") && !event.target.value) event.target.blur();
}

function row(keysText, label) {
  const term = document.createElement("dt");
  const list = keys.dialog.querySelector(".keys-list");
  keysText.split(" ").forEach((one, index) => {
    if (index) term.append(` ${list.dataset.then} `);
    term.append(Object.assign(document.createElement("kbd"), { textContent: one }));
  });
  list.append(term, Object.assign(document.createElement("dd"), { textContent: label }));
}

function showKeys() {
  if (!keys.dialog || keys.dialog.open) return;
  const listed = new Map();
  for (const one of declared()) if (isShown(one) && !listed.has(one.dataset.key)) listed.set(one.dataset.key, labelOf(one));
  for (const one of document.querySelectorAll("[data-key-info]")) listed.set(one.dataset.keyInfo, labelOf(one));
  keys.dialog.querySelector(".keys-list").replaceChildren();
  [...listed].sort(([one], [other]) => one.length - other.length).forEach(([one, label]) => row(one, label));
  row("?", keys.dialog.querySelector("h2").textContent);
  keys.dialog.showModal();
}

if (keys.dialog) {
  const box = keys.dialog.querySelector("[data-keys-on]");
  box.checked = !keysAreOff();
  box.addEventListener("change", () => { try { localStorage.setItem(OFF, box.checked ? "no" : "yes"); } catch { /* private window: for this page only */ } });
  for (const button of document.querySelectorAll("[data-keys-open]")) {
    button.hidden = false;
    button.addEventListener("click", showKeys);
  }
  for (const one of declared()) one.setAttribute("aria-keyshortcuts", one.dataset.key);
  document.addEventListener("keydown", pressed);
}
