// htmx for the pages: parts of a page are exchanged where the page says so; without it every link and form still works.
import htmx from "htmx.org";

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false, // an inline style, which the content security policy refuses
  selfRequestsOnly: true,
  historyCacheSize: 0, // pages hold case data: nothing of them is kept in the browser
  refreshOnHistoryMiss: true,
  disableInheritance: true,
  scrollIntoViewOnBoost: false,
  timeout: 30000,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "4(09|22)", swap: true, error: false }, // a refusal is a page that says what to do
    { code: "...", swap: false, error: true },
  ],
});

// Where the focus was, as it can be found again in the new part.
function describe(element) {
  if (!element || element === document.body) return null;
  const parts = [
    element.id && `#${CSS.escape(element.id)}`,
    element.dataset.key && `[data-key="${CSS.escape(element.dataset.key)}"]`,
    element.getAttribute("href") && `a[href="${CSS.escape(element.getAttribute("href"))}"]`,
    element.name && `[name="${CSS.escape(element.name)}"]${["radio", "checkbox", "submit"].includes(element.type) ? `[value="${CSS.escape(element.value)}"]` : ""}`,
  ];
  return parts.find(Boolean) || null;
}

let focused = null;

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  detail.target.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  detail.target.removeAttribute("aria-busy");
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { pathname } = new URL(detail.xhr.responseURL, location.href);
  if (pathname === "/sign-in") { // the session has ended: the page itself asks to sign in, and comes back here
    detail.shouldSwap = false;
    return location.reload();
  }
  const active = document.activeElement;
  focused = detail.target.contains(active) ? { selector: describe(active), top: active.getBoundingClientRect().top } : null;
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const wanted = focused;
  focused = null;
  if (!wanted || document.activeElement !== document.body) return;
  const part = document.getElementById(detail.target.id) || detail.elt;
  const again = wanted.selector && part.querySelector(wanted.selector);
  if (again) return again.focus({ preventScroll: true });
  if (!part.hasAttribute("tabindex")) part.setAttribute("tabindex", "-1");
  part.focus({ preventScroll: true });
});
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, ({ detail }) => {
    document.dispatchEvent(new CustomEvent("zhijian:failed", { detail: { status: detail.xhr?.status || 0, text: detail.xhr?.responseText || "" } }));
  });
}

window.htmx = htmx;
