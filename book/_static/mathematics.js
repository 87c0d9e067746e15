// Formulas that were not set when the page was rendered. MathJax, a third of a megabyte, is loaded when one stands in view
// or the reader first moves; it sets what is near first and all others in slices, so that a page with hundreds of them
// answers its reader meanwhile.
// Who asks for MathJax.startup.promise asks for every formula of the page; setFormulas(element) sets those of a new one.
(() => {
  "use strict";

  const SOURCE = new URL("mathjax/tex-chtml.js", document.currentScript.src).href;
  const FORMULAS = ".math, .mathjax_process, .tex2jax_process, .output_area";
  const HAS_FORMULA = /\\[([]|\$\$|\\begin\{/;
  const MOVES = ["scroll", "wheel", "pointermove", "pointerdown", "touchstart", "keydown", "beforeprint"];
  const SLICE = 9; // milliseconds that a slice should take: four times as long, on a phone, still answers within a blink

  const near = new Set();
  let loading = null;
  let setting = null;

  const pause = () => new Promise((resolve) => setTimeout(resolve));

  function outermost() {
    const all = [...document.querySelectorAll(FORMULAS)];
    return all.filter((one) => !one.parentElement.closest(FORMULAS) && HAS_FORMULA.test(one.textContent));
  }

  function load() {
    loading ??= new Promise((resolve, reject) => {
      window.MathJax.startup.ready = () => {
        window.MathJax.startup.defaultReady();
        const isReady = window.MathJax.startup.promise;
        window.MathJax.startup.promise = isReady.then(() => setting ?? undefined);
        resolve(isReady);
      };
      const script = document.createElement("script");
      script.src = SOURCE;
      script.onerror = () => reject(new Error(`formulas stay as they are written: ${SOURCE} cannot be loaded`));
      document.head.append(script);
    });
    return loading;
  }

  function setAll() {
    setting ??= outermost().length ? load().then(setInSlices) : Promise.resolve();
    return setting;
  }

  // one that stands alone may scroll, so the Tab key stops there; one in a line is read with it
  function stopAtWide(element) {
    element.querySelectorAll("mjx-container[display]").forEach((one) => { one.tabIndex = 0; });
  }

  async function setInSlices() {
    const rest = new Set(outermost());
    let size = 1;
    while (rest.size) {
      const started = performance.now();
      const queue = new Set([...[...near].filter((one) => rest.has(one)), ...rest]);
      const slice = [...queue].slice(0, size);
      slice.forEach((one) => rest.delete(one));
      await window.MathJax.typesetPromise(slice);
      slice.forEach(stopAtWide);
      const taken = performance.now() - started;
      size = Math.max(1, Math.min(40, Math.round((size * SLICE) / Math.max(taken, 1))));
      await pause();
    }
  }

  function watch() {
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) near.add(target);
        else near.delete(target);
      }
      if (near.size) setAll();
    }, { rootMargin: "100px 0px" });
    outermost().forEach((one) => observer.observe(one));
    for (const move of MOVES) window.addEventListener(move, () => setAll(), { once: true, passive: true });
  }

  if (!window.MathJax) return;
  window.MathJax.startup = {
    typeset: false,
    get promise() {
      return setAll();
    },
  };
  window.setFormulas = (element) => load().then(() => window.MathJax.typesetPromise([element]));
  const isInView = (one) => one.getBoundingClientRect().top < window.innerHeight && one.checkVisibility();
  if (outermost().some(isInView)) setAll(); // at once: before the first picture nobody is kept waiting
  if (document.readyState === "complete") watch();
  else window.addEventListener("load", () => requestAnimationFrame(watch));
})();
