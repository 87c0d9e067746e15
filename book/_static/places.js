// Keeps the place that an address names. Parts of a page get their height late: figures, scenes, formulas that were not
// set before. So for a while each growth of the page leads back to the place, unless the reader has moved.
(() => {
  "use strict";

  const MOVES = ["wheel", "pointerdown", "touchstart", "keydown"];
  const WHILE = 2000; // milliseconds: who drags the bar of the window tells no page of it
  const article = document.querySelector("article.bd-article");
  let end = Infinity;

  function goToPlace() {
    if (performance.now() > end || location.hash.length < 2) return;
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  }

  const wait = () => { end = performance.now() + WHILE; };
  for (const move of MOVES) window.addEventListener(move, () => { end = 0; }, { passive: true });
  window.addEventListener("hashchange", wait);
  window.addEventListener("load", () => { if (end) wait(); });
  if (article) new ResizeObserver(goToPlace).observe(article);
})();
