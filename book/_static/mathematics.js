// Sets formulas in slices, those in view first, so that a page with hundreds of them answers its reader meanwhile.
// Runs before MathJax, on pages that have its settings; MathJax.startup.promise is kept once every formula is set.
(() => {
  "use strict";

  const FORMULAS = ".math, .mathjax_process, .tex2jax_process, .output_area";
  const SLICE = 9; // milliseconds that a slice should take: four times as long, on a phone, still answers within a blink

  const pause = () => new Promise((resolve) => setTimeout(resolve));

  function isInView(element) {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > -200 && top < window.innerHeight + 200;
  }

  async function setAll() {
    const all = [...document.querySelectorAll(FORMULAS)].filter((one) => !one.parentElement.closest(FORMULAS));
    const near = new Set(all.filter(isInView));
    const queue = [...near, ...all.filter((one) => !near.has(one))];
    let size = 1;
    while (queue.length) {
      const started = performance.now();
      await window.MathJax.typesetPromise(queue.splice(0, size));
      const taken = performance.now() - started;
      size = Math.max(1, Math.min(40, Math.round((size * SLICE) / Math.max(taken, 1))));
      await pause();
    }
  }

  if (!window.MathJax) return;
  window.MathJax.startup = {
    typeset: false,
    ready() {
      window.MathJax.startup.defaultReady();
      window.MathJax.startup.promise = window.MathJax.startup.promise.then(setAll);
    },
  };
})();
