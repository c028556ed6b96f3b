// Evidence is sent one file at a time, each with its own bar; the plain form works without this file.
"use strict";

const MAX_FILE_BYTES = 20 * 1024 * 1024;

// One line per file: name, bar, what became of it.
function lineFor(file, list) {
  const line = document.createElement("li");
  line.className = "row";
  const name = Object.assign(document.createElement("span"), { className: "grow", textContent: file.name });
  const bar = Object.assign(document.createElement("progress"), { max: file.size || 1, value: 0 });
  bar.setAttribute("aria-label", file.name);
  const told = document.createElement("small");
  line.append(name, bar, told);
  list.append(line);
  const end = (text, isStored) => {
    bar.remove();
    told.textContent = text;
    line.classList.add(isStored ? "stored" : "refused");
  };
  return { bar, end };
}

// Sends one file; resolves to whether it was stored.
function send(form, file, line) {
  return new Promise((resolve) => {
    const body = new FormData(form);
    body.delete("files");
    body.append("files", file);
    body.append("size", file.size);
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.uploads);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", form.elements.csrf_token.value);
    request.setRequestHeader("Idempotency-Key", `${form.elements.idempotency_key.value}-${file.name.length}-${file.size}-${file.lastModified}`.slice(0, 80));
    request.upload.addEventListener("progress", (event) => { line.bar.value = event.loaded; line.bar.max = event.total; });
    const end = (text, isStored) => { line.end(text, isStored); resolve(isStored); };
    request.addEventListener("load", () => {
      if (request.status === 201) return end(form.dataset.stored, true);
      try { end(JSON.parse(request.responseText).error.message, false); } catch { end(form.dataset.failed, false); }
    });
    request.addEventListener("error", () => end(form.dataset.failed, false));
    request.send(body);
  });
}

// The list as it is now; choices of evidence in other forms of the page grow with it, and what was typed stays.
async function refresh() {
  const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("evidence-list").replaceWith(fresh.getElementById("evidence-list"));
  document.querySelector("#evidence .card-head .tag").textContent = fresh.querySelector("#evidence .card-head .tag").textContent;
  for (const offered of fresh.querySelectorAll("fieldset[data-of=evidence]")) {
    const here = document.querySelector(`#${CSS.escape(offered.id)} .choices`);
    for (const label of here ? offered.querySelectorAll("label.choice") : []) {
      const value = label.querySelector("input").value;
      if (!here.querySelector(`input[value="${CSS.escape(value)}"]`)) here.append(label);
    }
    if (here?.querySelector("input")) here.querySelector(":scope > .muted")?.remove();
  }
}

function freeToSend(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
}

async function sendAll(form) {
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const files = inputs.flatMap((input) => [...input.files]);
  const [list, state] = [form.querySelector("[data-upload-list]"), form.querySelector("[data-upload-state]")];
  list.replaceChildren();
  list.hidden = false;
  if (!files.length) {
    const line = lineFor({ name: "", size: 0 }, list);
    line.end(form.dataset.none, false);
    return;
  }
  let stored = 0;
  for (const file of files) {
    const line = lineFor(file, list);
    if (file.size > MAX_FILE_BYTES) line.end(form.dataset.large, false);
    else if (await send(form, file, line)) stored += 1;
  }
  state.textContent = `${form.dataset.stored}: ${stored} / ${files.length}`;
  inputs.forEach((input) => { input.value = ""; });
  if (stored) await refresh();
}

function noteWhere(form, button) {
  const told = form.querySelector("[data-located]");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.latitude.value = coords.latitude.toFixed(6);
      form.elements.longitude.value = coords.longitude.toFixed(6);
      told.textContent = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)} (± ${Math.round(coords.accuracy)} m)`;
    },
    () => { told.textContent = form.dataset.unplaced; },
    { enableHighAccuracy: true, timeout: 15000 },
  );
  button.blur();
}

for (const form of document.querySelectorAll("form[data-uploads]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendAll(form).catch(() => {}).finally(() => freeToSend(form));
  });
  const button = form.querySelector("[data-locate]");
  if ("geolocation" in navigator) {
    button.hidden = false;
    button.addEventListener("click", () => noteWhere(form, button));
  }
}
