// The page of a task: live hints, typed text that outlives a session, evidence beside the form. The page works without this file.
"use strict";
{
  const form = document.querySelector("form[data-keep]");
  const key = form ? `typed:${form.dataset.keep}` : "";

  // Values as the server reads them: several per key only where the field allows several.
  const valuesOf = (from) => {
    const values = {};
    for (const box of from.querySelectorAll("[data-many] input:not(:disabled)")) values[box.name] ||= [];
    for (const [name, value] of new FormData(from)) {
      if (["csrf_token", "version", "idempotency_key"].includes(name) || typeof value !== "string") continue;
      if (Array.isArray(values[name])) values[name].push(value);
      else values[name] = value;
    }
    return values;
  };

  // ---- typed text: mirrored in this tab until the server has it ----
  const mirror = () => sessionStorage.setItem(key, JSON.stringify({ at: Date.now(), values: valuesOf(form) }));

  const fill = (values) => {
    for (const input of form.querySelectorAll("input[name]:not([type=hidden]), select[name], textarea[name]")) {
      const value = values[input.name];
      if (input.type === "radio" || input.type === "checkbox") input.checked = [value].flat().map(String).includes(input.value);
      else input.value = value ?? "";
    }
    form.dispatchEvent(new Event("input", { bubbles: true })); // shows what depends on the answers, and saves the draft
  };

  const bringBack = () => {
    const kept = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    if (!kept || "typed" in form.dataset) return;
    const { at, values } = JSON.parse(kept);
    const saved = Date.parse(form.dataset.draftAt || "") || 0;
    if (at <= saved || JSON.stringify(values) === JSON.stringify(valuesOf(form))) return;
    fill(values);
    document.querySelector("[data-typed-back]").hidden = false;
  };

  if (form) {
    let timer = 0;
    bringBack();
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(mirror, 150);
    });
    form.addEventListener("submit", mirror);
    const state = form.querySelector("[data-draft-state]");
    if (state) new MutationObserver(() => { if (!state.classList.contains("failed")) sessionStorage.removeItem(key); }).observe(state, { childList: true });
    document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => sessionStorage.removeItem(key));
  } else {
    const task = location.pathname.split("/").pop(); // done: what was typed has arrived
    Object.keys(sessionStorage).filter((name) => name.startsWith("typed:") && name.endsWith(`:${task}`)).forEach((name) => sessionStorage.removeItem(name));
  }

  // ---- live hints ----
  const touched = new Set();
  const fieldOf = (name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`);

  const show = (field, kind, sentences) => {
    let line = field.querySelector(`:scope > .${kind}`);
    if (!sentences?.length) return line?.remove();
    if (!line) {
      line = Object.assign(document.createElement("div"), { className: kind === "problem" ? "problem" : kind });
      line.id = `f-${field.dataset.field}-${kind}`;
      field.append(line);
    }
    const text = sentences.join(" ");
    if (line.textContent.trim() !== text) line.textContent = text;
  };

  const describe = (field, isWrong) => {
    field.classList.toggle("wrong", isWrong);
    const control = field.matches("fieldset") ? field : field.querySelector("input, select, textarea");
    if (!control) return;
    if (!field.matches("fieldset")) isWrong ? control.setAttribute("aria-invalid", "true") : control.removeAttribute("aria-invalid");
    const others = (control.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && document.getElementById(id));
    const own = ["problem", "live-note"].map((kind) => `f-${field.dataset.field}-${kind}`).filter((id) => document.getElementById(id));
    const all = [...new Set([...own, ...others])];
    all.length ? control.setAttribute("aria-describedby", all.join(" ")) : control.removeAttribute("aria-describedby");
  };

  const tell = (hints) => {
    for (const field of form.querySelectorAll("[data-field]")) {
      const name = field.dataset.field;
      show(field, "live-note", hints.notes[name]);
      if (touched.has(name)) show(field, "problem", hints.errors[name]);
      describe(field, Boolean(field.querySelector(":scope > .problem")));
    }
    const place = form.querySelector("[data-hints]");
    const wanted = hints.refusals.join("\n");
    if (place.dataset.shown === wanted) return;
    place.dataset.shown = wanted;
    place.replaceChildren();
    if (!wanted) return;
    const box = document.createElement("div");
    const list = document.createElement("ul");
    list.append(...hints.refusals.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    box.append(Object.assign(document.createElement("p"), { textContent: place.dataset.title }), list);
    place.append(box);
  };

  if (form?.dataset.check) {
    let timer = 0;
    let asking = null;
    const ask = async () => {
      asking?.abort();
      if (form.dataset.sent) return; // the server judges it now
      asking = new AbortController();
      const answer = await fetch(form.dataset.check, {
        method: "POST",
        signal: asking.signal,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
        body: JSON.stringify({ values: valuesOf(form) }),
      });
      if (answer.ok && !form.dataset.sent) tell(await answer.json());
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(() => ask().catch(() => {}), 400); // without a connection there are no hints; the server judges again anyway
    };
    const touch = (event) => {
      const field = event.target.closest?.("[data-field]");
      if (!field || !form.contains(field)) return;
      if (event.type === "focusout" && field.contains(event.relatedTarget)) return;
      touched.add(field.dataset.field);
      soon();
    };
    form.addEventListener("submit", () => asking?.abort());
    form.addEventListener("change", touch);
    form.addEventListener("focusout", touch);
    form.addEventListener("input", (event) => { if (touched.has(event.target.closest?.("[data-field]")?.dataset.field)) soon(); });
  }

  // ---- evidence in a pane beside the form ----
  const pane = document.querySelector("[data-evidence-pane]");
  let opener = null;
  const shots = () => [...document.querySelectorAll("#evidence a.shot")].filter((link) => link.querySelector("img"));

  const look = (link) => {
    const all = shots();
    const picture = pane.querySelector("[data-pane-picture]");
    opener = link;
    picture.src = link.querySelector("img").src;
    picture.alt = link.querySelector("img").alt;
    pane.querySelector("[data-pane-original]").href = link.href;
    pane.querySelector("#pane-name").textContent = link.closest("li").querySelector(".file-name")?.textContent || "";
    pane.querySelector("[data-pane-position]").textContent = pane.dataset.position.replace("{n}", all.indexOf(link) + 1).replace("{m}", all.length);
    if (!pane.open) matchMedia("(max-width: 1100px)").matches ? pane.showModal() : pane.show();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#evidence a.shot");
    if (!link?.querySelector("img") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    look(link);
  });
  pane?.querySelector("[data-pane-close]").addEventListener("click", () => pane.close());
  pane?.addEventListener("keydown", (event) => { if (event.key === "Escape") pane.close(); });
  pane?.addEventListener("close", () => opener?.focus());
  for (const button of pane?.querySelectorAll("[data-pane-step]") || []) {
    button.addEventListener("click", () => {
      const all = shots();
      look(all[(all.indexOf(opener) + Number(button.dataset.paneStep) + all.length) % all.length]);
    });
  }

  // ---- search in what was said ----
  for (const search of document.querySelectorAll("[data-filter]")) {
    const parts = [...document.getElementById(search.dataset.filter).children];
    search.closest("[hidden]")?.removeAttribute("hidden");
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase();
      parts.forEach((part, number) => {
        part.hidden = Boolean(wanted) && !part.textContent.toLowerCase().includes(wanted);
        part.open = wanted ? !part.hidden : number === 0;
      });
    });
  }

  // ---- a jump to a folded part opens it ----
  for (const link of document.querySelectorAll(".task-places .jumps a")) {
    link.addEventListener("click", () => { const part = document.querySelector(link.hash); if (part?.matches("details")) part.open = true; });
  }

  // ---- back to the list as it was filtered ----
  const came = document.referrer && new URL(document.referrer);
  if (came && came.origin === location.origin && came.pathname === "/") sessionStorage.setItem("list", came.pathname + came.search);
  const list = sessionStorage.getItem("list");
  if (list) document.querySelectorAll("[data-back-to-list]").forEach((link) => { link.href = list; });
}
