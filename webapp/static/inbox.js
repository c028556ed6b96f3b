// The inbox: keys for rows, the place one comes back to, and a list that keeps itself fresh without moving under the finger.
"use strict";

const REFRESH = 60_000;
const PLACE = `inbox:${location.pathname}${location.search}`;
const list = () => document.getElementById("task-list");
const rows = () => [...document.querySelectorAll("#task-list tr[data-task]")];
const idOf = (row) => row.dataset.task;

// Where one was

function remember(task) {
  try { sessionStorage.setItem(PLACE, JSON.stringify({ task, top: scrollY })); } catch { /* no storage: the list begins at its top */ }
}
function comeBack() {
  let place = null;
  try { place = JSON.parse(sessionStorage.getItem(PLACE)); sessionStorage.removeItem(PLACE); } catch { return; }
  if (!place) return;
  scrollTo(0, place.top);
  const row = rows().find((one) => idOf(one) === place.task);
  if (row) here(row, { scroll: false });
}

// Keys

let current = null;
function here(row, { scroll = true } = {}) {
  current?.classList.remove("here");
  current = row;
  row.classList.add("here");
  row.focus({ preventScroll: true });
  if (scroll) row.scrollIntoView({ block: "nearest" });
}
function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current);
  here(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]);
}
const acts = {
  j: () => step(1),
  k: () => step(-1),
  o: () => current?.querySelector(".main-link")?.click(),
  Enter: () => current?.querySelector(".main-link")?.click(),
  x: () => current?.querySelector(".pick")?.click(),
  c: () => current?.querySelector("button[formaction$='/claim']")?.click(),
};
const isOff = () => { try { return localStorage.getItem("shortcuts-off") === "yes"; } catch { return false; } };
addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isOff() || !(event.key in acts)) return;
  const isRow = event.target === document.body || event.target.matches("main, tr, .pick, .main-link");
  if (event.target.closest("dialog") || !isRow || (event.key === "Enter" && event.target !== current)) return;
  event.preventDefault();
  acts[event.key]();
});
document.addEventListener("focusin", ({ target }) => {
  const row = target.closest?.("#task-list tr[data-task]");
  if (row && row !== current) {
    current?.classList.remove("here");
    current = row;
  }
});

// Picking all

addEventListener("change", ({ target }) => {
  if (target.matches("[data-pick-all]")) {
    for (const box of document.querySelectorAll(".pick:not(:disabled)")) box.checked = target.checked;
    document.dispatchEvent(new CustomEvent("picks-changed"));
  }
});

// Filters: the address holds only what is set

const form = document.querySelector("form[data-filters]");
function apply() {
  const said = [...new FormData(form)].filter(([name, value]) => value && !(name === "sort" && value === "due"));
  location.assign(`${form.getAttribute("action")}?${new URLSearchParams(said)}`);
}
form?.addEventListener("change", (event) => { if (event.target.matches("select")) apply(); });
form?.addEventListener("submit", (event) => { event.preventDefault(); apply(); });

// Fresh rows

function update(old, fresh) {
  if (old.dataset.version === fresh.dataset.version && !old.classList.contains("gone")) {
    const [from, to] = [fresh.querySelector(".due"), old.querySelector(".due")];
    if (from && to && from.outerHTML !== to.outerHTML) to.replaceWith(from.cloneNode(true)); // time goes on
    old.classList.remove("overdue", "soon", "calm");
    old.classList.add(...fresh.classList);
    return;
  }
  const wasPicked = old.querySelector(".pick")?.checked;
  const hadFocus = old.contains(document.activeElement);
  old.replaceChildren(...[...fresh.cloneNode(true).childNodes]);
  old.className = `${fresh.className} changed`;
  old.dataset.version = fresh.dataset.version;
  if (wasPicked && old.querySelector(".pick")) old.querySelector(".pick").checked = true;
  if (hadFocus) old.focus({ preventScroll: true });
  setTimeout(() => old.classList.remove("changed"), 4000);
}
function leave(row) {
  if (row.classList.contains("gone")) return;
  row.classList.add("gone");
  const word = Object.assign(document.createElement("span"), { className: "tag", textContent: list().dataset.gone });
  (row.querySelector(".act") || row.lastElementChild).replaceChildren(word);
  const box = row.querySelector(".pick");
  if (box) Object.assign(box, { checked: false, disabled: true });
  document.dispatchEvent(new CustomEvent("picks-changed"));
}
function announce(number) {
  const bar = document.querySelector("[data-arrived]");
  const button = bar?.querySelector("button");
  if (!bar || !button) return;
  bar.hidden = number === 0;
  button.textContent = number === 1 ? button.dataset.one : button.dataset.many.replace("{n}", number);
}
function takeOver(page, id) {
  const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
  if (old && fresh && !old.contains(document.activeElement)) old.replaceWith(document.importNode(fresh, true));
}
async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = new Map([...page.querySelectorAll("#task-list tr[data-task]")].map((row) => [idOf(row), row]));
  const shown = new Set(rows().map(idOf));
  for (const row of rows()) {
    if (fresh.has(idOf(row))) update(row, fresh.get(idOf(row)));
    else leave(row);
  }
  announce([...fresh.keys()].filter((id) => !shown.has(id)).length);
  for (const id of ["inbox-tiles", "inbox-tabs", "inbox-total"]) takeOver(page, id);
  const said = document.querySelector("[data-updated]");
  const time = page.querySelector("[data-updated]");
  if (said && time) said.textContent = time.textContent;
}
document.querySelector("[data-arrived] button")?.addEventListener("click", () => location.reload());

if (document.querySelector("[data-inbox]")) {
  document.addEventListener("click", ({ target }) => {
    const row = target.closest?.("#task-list tr[data-task]");
    if (row && target.closest("a, button")) remember(idOf(row));
  });
  addEventListener("pageshow", comeBack);
  document.addEventListener("inbox:refresh", () => refresh().catch(() => {}));
  setInterval(() => { if (!document.hidden) refresh().catch(() => {}); }, REFRESH); // offline: the next minute tries again
}
