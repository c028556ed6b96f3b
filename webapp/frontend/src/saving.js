// Saves by itself a moment after the last change, never over somebody else's version, and never loses what is on the page.

import { word } from "./words.js";

const PAUSE_MS = 1500;
const RETRY_MS = 10_000;

export class Saving {
  #timer = 0;
  #changes = 0; // how many there were, and how many of them the server has
  #saved = 0;
  #isTyping = false;
  #running = null;
  #isConflict = false;

  /** ``page``: the texts and addresses of the template. ``content()`` answers the XML, ``flush()`` writes what is typed. */
  constructor({ page, status, content, flush, showProblems }) {
    Object.assign(this, { page, status, content, flush, showProblems });
    this.version = page.version;
    addEventListener("beforeunload", (event) => {
      if (this.isSaved) return;
      event.preventDefault();
    });
  }

  get isSaved() {
    return this.#saved === this.#changes && !this.#isTyping;
  }

  changed() {
    this.#changes += 1;
    this.#isTyping = false;
    this.#later(PAUSE_MS);
  }

  /** Something is typed that is no change of the diagram yet. */
  touched() {
    this.#isTyping = true;
    this.#later(PAUSE_MS);
  }

  /** Save now; a second call waits for the first. */
  async save() {
    clearTimeout(this.#timer);
    while (this.#running) await this.#running;
    this.#running = this.#save().finally(() => (this.#running = null));
    await this.#running;
  }

  /** Check without saving: when the page opens, and once somebody else's version is in the way. */
  async check() {
    const answer = await this.#send(this.page.checkUrl, "POST", await this.content());
    if (answer?.ok) this.showProblems((await answer.json()).problems);
    return Boolean(answer?.ok);
  }

  say(text, kind = "") {
    this.status.textContent = text;
    this.status.className = kind === "failed" ? "saved failed" : "saved";
    this.status.dataset.state = kind || "said";
  }

  #later(pause) {
    if (this.#isConflict) return;
    this.say(word("unsaved"), "unsaved");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), pause);
  }

  async #save() {
    this.flush();
    this.#isTyping = false;
    clearTimeout(this.#timer);
    if (this.#isConflict) return this.#conflict();
    const sent = this.#changes;
    this.say(word("saving"), "saving");
    return this.#answered(await this.#send(this.page.saveUrl, "PUT", await this.content()), sent);
  }

  async #answered(answer, sent) {
    if (!answer) return this.#failed("offline", RETRY_MS);
    const told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : null;
    if (answer.redirected || answer.status === 401 || (answer.ok && !told)) return this.#failed("signedOut");
    if (!answer.ok) return this.#refused(answer.status, told);
    this.version = told.version;
    this.#saved = sent;
    this.showProblems(told.problems);
    if (this.isSaved) this.say(word("saved"), "saved");
    return undefined;
  }

  #refused(status, told) {
    if (status >= 500 || !told?.message) return this.#failed("refused");
    if (status !== 409) return this.say(told.message, "failed");
    this.#isConflict = true;
    this.theirs = told.message;
    return this.#conflict();
  }

  #conflict() {
    this.say([this.theirs, word("conflict")].join(" "), "failed");
  }

  #failed(key, retry = 0) {
    this.say(word(key), "failed");
    if (retry) this.#timer = setTimeout(() => this.save(), retry);
  }

  async #send(address, method, body) {
    const headers = { "Content-Type": "application/xml", "If-Match": `"${this.version}"`, "X-CSRFToken": this.page.csrf, Accept: "application/json" };
    try {
      return await fetch(address, { method, headers, body, credentials: "same-origin" });
    } catch {
      return null;
    }
  }
}
