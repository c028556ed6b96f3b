// Many tasks at once: how many are picked, and progress while they are sent in parts. Without this file one request does it all.
"use strict";

const PART = 20;
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// The bar says how many are picked, and offers its verbs only then.
const bar = document.getElementById("bulk");
function countPicked() {
  const count = document.querySelectorAll(".pick:checked").length;
  const said = bar.querySelector("[data-picked]");
  said.dataset.prompt ||= said.textContent;
  said.textContent = count === 0 ? said.dataset.prompt : count === 1 ? said.dataset.one : filled(said.dataset.many, { n: count });
  bar.toggleAttribute("data-none", count === 0);
  bar.classList.toggle("active", count > 0);
}
if (bar) {
  addEventListener("change", (event) => { if (event.target.matches(".pick, [data-pick-all]")) setTimeout(countPicked); });
  addEventListener("pageshow", () => {
    bar.elements.idempotency_key.value = freshKey();
    countPicked();
  });
  document.addEventListener("picks-changed", countPicked);
}

for (const form of document.querySelectorAll("form[data-bulk]")) {
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    const values = new FormData(form);
    const tasks = values.getAll("task");
    if (event.defaultPrevented || !button || "plain" in button.dataset || tasks.length <= PART) return;
    event.preventDefault();
    values.set(button.name, button.value);
    sendAll(form, values, tasks);
  });
}

async function sendAll(form, values, tasks) {
  const box = form.querySelector("[data-progress]");
  const text = box.querySelector("[data-progress-text]");
  const meter = box.querySelector("progress");
  let done = 0;
  box.hidden = false;
  meter.max = tasks.length;
  for (let part = 0; part * PART < tasks.length; part += 1) {
    const some = tasks.slice(part * PART, (part + 1) * PART);
    const refusal = await sendPart(form, values, some, part).catch(() => filled(text.dataset.lost, { done, total: tasks.length }));
    if (refusal) return stop(form, text, refusal);
    done += some.length;
    meter.value = done;
    text.textContent = filled(text.dataset.text, { done, total: tasks.length });
  }
  location.assign(`/tasks/bulk/${values.get("idempotency_key")}`);
}

// Returns the sentence of a refusal, or nothing.
async function sendPart(form, values, tasks, part) {
  const body = new FormData();
  for (const [name, value] of values) if (name !== "task") body.append(name, value);
  for (const task of tasks) body.append("task", task);
  body.set("part", part);
  const answer = await fetch("/tasks/bulk", { method: "POST", body, headers: { Accept: "application/json" } });
  if (answer.ok) return "";
  return (await answer.json()).error.message;
}

function stop(form, text, sentence) {
  text.textContent = sentence;
  delete form.dataset.sent;
  form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
}
