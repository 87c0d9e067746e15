// What scrolls sideways, a wide drawing, table or formula on a phone, can be reached and scrolled with the keyboard, and has a
// name. The rows of a table of sentences become cards on a phone, each cell below the words of its column.
(() => {
  "use strict";

  const BOXES = ".companion-scroll, .pst-scrollable-table-container, mjx-container[display='true']";

  function nameOf(box) {
    if (box.matches("mjx-container")) return "Formula, scrolls sideways";
    const table = box.querySelector("table");
    const caption = box.closest("figure")?.querySelector(".caption-number") ?? table?.querySelector("caption");
    const what = table ? "Table" : "Figure";
    return `${caption?.textContent.trim() || what}, scrolls sideways`;
  }

  // All boxes are measured before one is changed: a measure after a change lays the whole page out again.
  function update(boxes) {
    const measured = boxes.map((box) => ({ box, scrolls: box.scrollWidth > box.clientWidth + 1, more: hasMore(box) }));
    for (const { box, scrolls, more } of measured) {
      describe(box, scrolls);
      box.classList.toggle("has-more", more);
    }
  }

  function describe(box, scrolls) {
    if (scrolls) {
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", nameOf(box));
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  }

  // where there is more to the right, the edge fades out
  function hasMore(box) {
    return box.scrollLeft + box.clientWidth < box.scrollWidth - 2;
  }

  const SENTENCE = 60; // characters: a cell with more is read, not looked up

  function nameCells(table) {
    if (table.classList.contains("deviations")) return; // it has its own cards
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent.trim());
    const cells = [...table.querySelectorAll("tbody td, tbody th")];
    if (heads.length < 3 || cells.some((cell) => cell.colSpan > 1 || cell.rowSpan > 1)) return;
    if (!cells.some((cell) => cell.textContent.length > SENTENCE)) return;
    table.classList.add("of-sentences");
    for (const cell of cells) cell.dataset.column = heads[cell.cellIndex];
  }

  function watch() {
    document.querySelectorAll(".pst-scrollable-table-container > table").forEach(nameCells);
    const boxes = (entries) => new Set(entries.map((entry) => entry.target.closest(BOXES)).filter(Boolean)); // a formula may be set anew
    const observer = new ResizeObserver((entries) => update([...boxes(entries)]));
    for (const box of document.querySelectorAll(BOXES)) {
      observer.observe(box);
      box.addEventListener("scroll", () => box.classList.toggle("has-more", hasMore(box)), { passive: true });
      for (const child of box.children) observer.observe(child); // a drawing that comes later, or its twin for the night
    }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch);
  else watch();
})();
