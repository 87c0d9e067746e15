// Keeps the place that an address names. Parts of a page get their height late: figures, scenes, formulas that were not
// set before. So for a while each growth of the page leads back to the place, unless the reader has moved.
(() => {
  "use strict";

  const MOVES = ["wheel", "pointerdown", "touchstart", "keydown"];
  const WHILE = 2000; // milliseconds: who drags the bar of the window tells no page of it
  const article = document.querySelector("article.bd-article");
  let end = Infinity;

  const place = () => location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));

  function goToPlace() {
    if (performance.now() <= end) (place() || null)?.scrollIntoView();
  }

  // a row of a table of claims is a line until somebody comes for it
  function wait() {
    end = performance.now() + WHILE;
    const row = place();
    if (row && row.matches("tr")) row.querySelectorAll("details").forEach((fold) => { fold.open = true; });
  }

  for (const move of MOVES) window.addEventListener(move, () => { end = 0; }, { passive: true });
  window.addEventListener("hashchange", wait);
  window.addEventListener("load", () => { if (end) wait(); });
  if (article) new ResizeObserver(goToPlace).observe(article);
})();
