// The case page: the open tab is in sight on a phone; a shape of the diagram and its line in the list point at each other.
function prepare(root) {
  const tab = root.querySelector(".case-tabs [aria-current]");
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;
  const now = root.querySelector(".stages [aria-current]");
  if (now) now.parentElement.scrollLeft = now.offsetLeft - 40;
  const chosen = root.querySelector(".way-gone .chosen");
  if (chosen) chosen.parentElement.scrollTop = chosen.offsetTop - chosen.parentElement.offsetTop;
  const picture = root.querySelector(".picture"), current = root.querySelector(".picture .current");
  if (!picture || !current) return;
  const box = picture.getBoundingClientRect(), shape = current.getBoundingClientRect();
  picture.scrollTop += shape.top - box.top - (box.height - shape.height) / 2;
  picture.scrollLeft += shape.left - box.left - (box.width - shape.width) / 2;
}

function point(element) {
  document.querySelectorAll(".diagram .pointed").forEach((one) => one.classList.remove("pointed"));
  if (!element) return [];
  const found = [...document.querySelectorAll(`.diagram [data-element="${CSS.escape(element)}"], .diagram [data-element-of="${CSS.escape(element)}"]`)];
  found.forEach((one) => one.classList.add("pointed"));
  return found;
}

document.addEventListener("click", (event) => {
  const shape = event.target.closest?.(".diagram .picture [data-element]");
  if (shape) point(shape.dataset.element).find((one) => one.matches("li"))?.scrollIntoView({ block: "nearest" });
});
for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const row = event.target.closest?.(".way-gone [data-element-of]");
    if (row) point(row.dataset.elementOf);
  });
}
document.addEventListener("htmx:afterSettle", (event) => prepare(event.detail.elt.closest?.(".case") || document));
prepare(document);
