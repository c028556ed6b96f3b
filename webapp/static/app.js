// Help for people with scripts; every page works without this file.
"use strict";

const page = document.documentElement;
page.classList.add("scripted");

// Theme: a cookie, so that the server draws the page in it at once.
function switchTheme() {
  const isDark = page.dataset.theme ? page.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  page.dataset.theme = isDark ? "light" : "dark";
  document.cookie = `theme=${page.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
}

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  button.addEventListener("click", switchTheme);
}

// Messages of a refused form get the focus, so that screen readers and keyboards start there.
document.querySelector("[data-focus-first]")?.focus();

for (const link of document.querySelectorAll(".error-summary a")) {
  link.addEventListener("click", (event) => {
    const field = document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.matches("input, select, textarea") ? field : field.querySelector("input, select, textarea") || field).focus();
    field.scrollIntoView({ block: "center" });
  });
}

// A form is sent once: the second click of a double click does nothing.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelectorAll("button[type=submit], button:not([type])").forEach((button) => button.setAttribute("aria-disabled", "true"));
  });
}
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  });
});

// Values of a form as the server reads them: several per key only where the field allows several.
function valuesOf(form) {
  const values = {};
  for (const box of form.querySelectorAll("[data-many] input")) values[box.name] ||= [];
  for (const [name, value] of new FormData(form)) {
    if (["csrf_token", "version", "idempotency_key", "employer_id"].includes(name) || typeof value !== "string") continue;
    if (Array.isArray(values[name])) values[name].push(value);
    else values[name] = value;
  }
  return values;
}

// What one control answers; a box that stands alone answers "false" when it is not ticked.
function answersIn(input) {
  if (input.type !== "radio" && input.type !== "checkbox") return [input.value];
  if (input.checked) return [input.value];
  return input.type === "checkbox" && !input.closest("[data-many]") ? ["false"] : [];
}

// Fields that depend on another answer show themselves when it is given.
function showDependents(form) {
  for (const part of form.querySelectorAll("[data-if-field]")) {
    const wanted = JSON.parse(part.dataset.ifIn);
    const given = [...form.querySelectorAll(`[name="${CSS.escape(part.dataset.ifField)}"]`)]
      .filter((input) => !input.closest("[data-if-field][hidden]"))
      .flatMap(answersIn);
    part.hidden = !given.some((value) => wanted.includes(value));
    part.querySelectorAll("input, select, textarea").forEach((input) => { input.disabled = part.hidden; });
  }
}
for (const form of document.querySelectorAll("form[data-fields]")) {
  showDependents(form);
  form.addEventListener("input", () => showDependents(form));
}

// How much room is left in a long text.
for (const text of document.querySelectorAll("textarea[maxlength]")) {
  const counter = document.getElementById(`${text.id}-limit`);
  if (!counter) continue;
  const show = () => { counter.textContent = `${text.value.length} / ${text.maxLength}`; };
  text.addEventListener("input", show);
  show();
}

// Drafts save themselves two seconds after the last key, and when the page is left.
for (const form of document.querySelectorAll("form[data-draft]")) keepDraft(form);

function keepDraft(form) {
  const state = form.querySelector("[data-draft-state]");
  let timer = 0;
  let last = JSON.stringify(valuesOf(form));
  let sending = null;
  const say = (text, failed) => {
    state.textContent = text;
    state.classList.toggle("failed", failed);
  };
  const save = async (leaving) => {
    clearTimeout(timer);
    timer = 0;
    const body = JSON.stringify(valuesOf(form));
    if (body === last || form.dataset.sent) return;
    sending = new AbortController();
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "PUT",
        signal: sending.signal,
        keepalive: leaving && body.length < 60000,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
        body: `{"values":${body}}`,
      });
      const told = await answer.json();
      if (answer.ok) last = body;
      say(answer.ok ? told.text : told.error.message, !answer.ok);
    } catch {
      if (form.dataset.sent) return;
      say(state.dataset.offline, true);
      timer = setTimeout(save, 15000);
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 2000);
  });
  form.addEventListener("submit", () => sending?.abort()); // what is sent needs no draft any more
  addEventListener("pagehide", () => save(true));
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(true); });
}

// What a live part depends on: the whole form, or the fields it names.
function liveValues(form) {
  const wanted = form.dataset.liveFields?.split(" ");
  return [...new FormData(form)].filter(([name]) => !wanted || wanted.includes(name));
}

// A search form with a result list refreshes the list while one types.
for (const form of document.querySelectorAll("form[data-live]")) {
  let timer = 0;
  let asked = 0;
  const refresh = async () => {
    const mine = ++asked;
    const address = `${form.dataset.liveFrom || form.getAttribute("action") || location.pathname}?${new URLSearchParams(liveValues(form))}`;
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok || mine !== asked) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(form.dataset.live);
    if (fresh) document.getElementById(form.dataset.live).replaceWith(fresh);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => {}), 300);
  });
}

// A bar that moves: the part asks for itself each second; when the work is over the page is loaded anew.
function poll(part) {
  if ("over" in part.dataset) return location.reload();
  setTimeout(async () => {
    try {
      const answer = await fetch(part.dataset.poll, { headers: { Accept: "text/html" } });
      const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
      if (fresh) part.replaceWith(fresh);
      poll(fresh || part);
    } catch {
      poll(part);
    }
  }, 1000);
}
document.querySelectorAll("[data-poll]").forEach(poll);

// An employer field takes the employer's number; with scripts it is found by name.
for (const picker of document.querySelectorAll("[data-employer-picker]")) findByName(picker);

function findByName(picker) {
  const number = picker.querySelector("input");
  const search = Object.assign(document.createElement("input"), { type: "search", className: "input", placeholder: picker.dataset.prompt });
  const list = Object.assign(document.createElement("ul"), { className: "rows card", hidden: true });
  search.setAttribute("aria-label", picker.dataset.prompt);
  picker.prepend(search);
  search.after(list);
  let timer = 0;
  const offer = async () => {
    const answer = await fetch(`${picker.dataset.search}?${new URLSearchParams({ q: search.value })}`);
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("#employer-list .main-link");
    list.replaceChildren(...[...found].slice(0, 8).map((link) => {
      const choice = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet", textContent: link.textContent });
      choice.addEventListener("click", () => {
        number.value = link.getAttribute("href").split("/").pop();
        search.value = link.textContent;
        list.hidden = true;
        number.dispatchEvent(new Event("input", { bubbles: true }));
      });
      const row = document.createElement("li");
      row.append(choice);
      return row;
    }));
    list.hidden = !list.children.length;
  };
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => offer().catch(() => {}), 300);
  });
}

// On a phone, background starts folded; a wide picture starts at the current position.
if (matchMedia("(max-width: 860px)").matches) {
  document.querySelectorAll("details[data-fold-on-phone]").forEach((part) => { part.open = false; });
}
function centre(picture) {
  const current = picture.querySelector(".current");
  if (!current) return;
  const [frame, spot] = [picture.getBoundingClientRect(), current.getBoundingClientRect()];
  picture.scrollLeft += spot.left + spot.width / 2 - frame.left - frame.width / 2;
  picture.scrollTop += spot.top + spot.height / 2 - frame.top - frame.height / 2;
}
for (const picture of document.querySelectorAll(".picture")) {
  centre(picture);
  picture.closest("details")?.addEventListener("toggle", () => centre(picture));
}
document.querySelector(".steps .now")?.scrollIntoView({ block: "nearest", inline: "center" });
if (!location.hash) scrollTo(0, 0);
