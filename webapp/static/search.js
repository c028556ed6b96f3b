// What one may see, while one types; without this file the box is a plain form.
"use strict";

const SUGGEST_AFTER_MS = 150;

function suggestTo(input, number) {
  const box = document.createElement("div");
  Object.assign(box, { id: `suggestions-${number}`, className: "suggestions", hidden: true });
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", input.getAttribute("aria-label") || input.labels[0]?.textContent || input.placeholder);
  input.parentElement.classList.add("suggests");
  input.parentElement.append(box);
  const traits = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": box.id };
  for (const [name, value] of Object.entries(traits)) input.setAttribute(name, value);
  let timer, asked = "", request;

  const options = () => [...box.querySelectorAll("[role=option]")];
  const chosen = () => box.querySelector("[aria-selected=true]");

  function show(isOpen) {
    box.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) choose(null);
  }

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const text = input.value.trim();
    if (text === asked) return show(Boolean(text && options().length));
    asked = text;
    request?.abort();
    if (!text) return show(false);
    request = new AbortController();
    try {
      const answer = await fetch(`/search/suggest?q=${encodeURIComponent(text)}`, { signal: request.signal, redirect: "error" });
      if (!answer.ok || input.value.trim() !== text) return;
      box.innerHTML = await answer.text();
      for (const part of box.querySelectorAll("[id]")) part.id += `-${number}`;
      for (const group of box.querySelectorAll("[aria-labelledby]")) group.setAttribute("aria-labelledby", `${group.getAttribute("aria-labelledby")}-${number}`);
      show(options().length > 0 && document.activeElement === input);
    } catch {
      show(false); // the page of results still works
    }
  }

  function move(by) {
    const all = options();
    if (!all.length) return;
    if (box.hidden) show(true);
    const at = all.indexOf(chosen());
    choose(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]);
  }

  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, SUGGEST_AFTER_MS);
  });
  input.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, SUGGEST_AFTER_MS); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      location.assign(chosen().href);
    } else if (event.key === "Escape" && !box.hidden) {
      event.preventDefault();
      event.stopPropagation();
      show(false);
    }
  });
  input.addEventListener("blur", () => setTimeout(() => show(false), 150)); // after the click on an option
  box.addEventListener("mousedown", (event) => event.preventDefault());
}

document.querySelectorAll("form[action='/search'] input[name=q]").forEach(suggestTo);

// Results: arrow keys go from one to the next.
const results = document.querySelector("[data-search-results]");
results?.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const links = [...results.querySelectorAll("[data-hit]")], at = links.indexOf(document.activeElement);
  if (!step || at < 0 || !links[at + step]) return;
  event.preventDefault();
  links[at + step].focus();
});
