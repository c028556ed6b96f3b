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

// A form is sent once: the second click of a double click does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  form.querySelectorAll("button[type=submit], button:not([type])").forEach((button) => button.setAttribute("aria-disabled", "true"));
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  });
});

// A link in the list of mistakes leads into the field.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  (field.matches("input, select, textarea") ? field : field.querySelector("input, select, textarea") || field).focus();
  field.scrollIntoView({ block: "center" });
});

// What did not come: say so above the content; the page stays as it was.
document.addEventListener("zhijian:failed", ({ detail }) => {
  const notice = document.getElementById("failed-notice").content.cloneNode(true);
  const told = new DOMParser().parseFromString(detail.text, "text/html").querySelector(".error-page h1 + p");
  if (told) notice.querySelector("div div").textContent = told.textContent;
  document.querySelectorAll(".failed-now").forEach((old) => old.remove());
  notice.firstElementChild.classList.add("failed-now");
  document.getElementById("main").prepend(notice);
});

// Each part of a page is brought to life once: at the start, and again what htmx has put in its place.
const alive = new WeakMap();
function each(root, selector, work) {
  for (const part of [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)]) {
    const done = alive.get(part) || new Set();
    if (done.has(work)) continue;
    alive.set(part, done.add(work));
    work(part);
  }
}
// What scrolls within its own box is scrolled by keyboard too.
const widths = new ResizeObserver((seen) => seen.forEach(({ target }) => {
  const scrolls = target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight;
  if (scrolls && !target.hasAttribute("tabindex")) Object.assign(target, { tabIndex: 0 }).dataset.scrolls = "yes";
  if (!scrolls && target.dataset.scrolls) target.removeAttribute("tabindex");
}));
function enliven(root) {
  // Messages of a refused form get the focus, so that screen readers and keyboards start there.
  each(root, "[data-focus-first]", (part) => part.focus());
  each(root, "form[data-fields]", dependOnAnswers);
  each(root, "textarea[maxlength]", countDown);
  each(root, "form[data-draft]", keepDraft);
  each(root, "form[data-live]", searchWhileTyping);
  each(root, "[data-poll]", poll);
  each(root, "[data-employer-picker]", findByName);
  each(root, "[data-go]", goWhenChosen);
  each(root, ".picture", centreWhenOpened);
  each(root, ".steps, .scroll, .table-wrap, .picture, .source", (part) => widths.observe(part));
  each(root, ".steps .now", (step) => { step.parentElement.scrollLeft = step.offsetLeft - (step.parentElement.clientWidth - step.clientWidth) / 2; });
}
document.addEventListener("htmx:load", ({ detail }) => enliven(detail.elt));

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
function dependOnAnswers(form) {
  showDependents(form);
  form.addEventListener("input", () => showDependents(form));
}

// How much room is left in a long text.
function countDown(text) {
  const counter = document.getElementById(`${text.id}-limit`);
  if (!counter) return;
  const show = () => { counter.textContent = `${text.value.length} / ${text.maxLength}`; };
  text.addEventListener("input", show);
  show();
}

// Drafts save themselves two seconds after the last key, and when the page is left.
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
    sending?.abort();
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
    } catch (error) {
      if (form.dataset.sent || error.name === "AbortError") return;
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
function searchWhileTyping(form) {
  let timer = 0;
  let asked = 0;
  const refresh = async () => {
    const mine = ++asked;
    const address = `${form.dataset.liveFrom || form.getAttribute("action") || location.pathname}?${new URLSearchParams(liveValues(form))}`;
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok || mine !== asked) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(form.dataset.live);
    if (!fresh) return;
    document.getElementById(form.dataset.live).replaceWith(fresh);
    enliven(fresh);
    window.htmx?.process(fresh);
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

// An employer field takes the employer's number; with scripts it is found by name.
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
function centreWhenOpened(picture) {
  centre(picture);
  picture.closest("details")?.addEventListener("toggle", () => centre(picture));
}

// A choice that is a filter is applied at once; without scripts the form has its button.
function goWhenChosen(form) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });
}

enliven(document);

// A long list of choices is narrowed by a word.
for (const search of document.querySelectorAll("[data-filter-choices]")) {
  const choices = [...search.parentElement.nextElementSibling.querySelectorAll("label")];
  search.parentElement.hidden = false;
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    choices.forEach((choice) => { choice.hidden = Boolean(wanted) && !choice.textContent.toLowerCase().includes(wanted) && !choice.querySelector(":checked"); });
  });
}
