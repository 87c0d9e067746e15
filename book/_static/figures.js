// What scrolls sideways, a wide drawing or table on a phone, can be reached and scrolled with the keyboard, and has a name.
(() => {
  "use strict";

  const BOXES = ".companion-scroll, .pst-scrollable-table-container";

  function nameOf(box) {
    const table = box.querySelector("table");
    const caption = box.closest("figure")?.querySelector(".caption-number") ?? table?.querySelector("caption");
    const what = table ? "Table" : "Figure";
    return `${caption?.textContent.trim() || what}, scrolls sideways`;
  }

  function update(box) {
    const scrolls = box.scrollWidth > box.clientWidth + 1;
    if (scrolls) {
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", nameOf(box));
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  }

  function watch() {
    const observer = new ResizeObserver((entries) => entries.forEach((entry) => update(entry.target.closest(BOXES))));
    for (const box of document.querySelectorAll(BOXES)) {
      observer.observe(box);
      for (const child of box.children) observer.observe(child); // a drawing that comes later, or its twin for the night
      update(box);
    }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch);
  else watch();
})();
