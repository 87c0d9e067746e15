// Brings the viewer of scenes, from the book itself, once one is about to be seen. Browsers allow about sixteen pictures
// in three dimensions at once, so a scene that is far away gives its own back; it goes on where it was when it returns.
(() => {
  "use strict";

  const NEAR = "400px";
  const FAR = "2500px";
  const LONG = 2000; // milliseconds: who scrolls past comes back, and a window that changes its size settles
  const root = document.documentElement.dataset.content_root || "./";
  let viewer;

  function loadViewer() {
    viewer ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${root}vendor/space.js`;
      script.onload = () => (window.netspace ? resolve(window.netspace) : reject(new Error(window.netspaceMissing)));
      script.onerror = () => {
        viewer = undefined; // the next scene that comes near asks again
        reject(new Error("vendor/space.js could not be loaded"));
      };
      document.head.append(script);
    });
    return viewer;
  }

  async function bring(figure) {
    const [space] = await Promise.all([loadViewer(), window.companionNumbers.fill(figure)]);
    figure.querySelector(".netspace-note")?.remove();
    return space;
  }

  function explain(figure, reason) {
    if (figure.querySelector(".netspace-note")) return;
    const note = document.createElement("p");
    note.className = "netspace-note";
    note.textContent = `This is a still picture: ${reason}.`;
    figure.querySelector(".netspace-stage").after(note);
  }

  // Of the entries that an observer gives at once the last is how things stand now.
  function watch(figure) {
    let given;
    const near = new IntersectionObserver(
      (entries) => {
        if (entries.at(-1).isIntersecting) bring(figure).then((space) => space.mount(figure)).catch((error) => explain(figure, error.message));
      },
      { rootMargin: NEAR },
    );
    const far = new IntersectionObserver(
      (entries) => {
        clearTimeout(given);
        if (entries.at(-1).isIntersecting) return;
        given = setTimeout(() => window.netspace?.dispose(figure), LONG);
      },
      { rootMargin: FAR },
    );
    near.observe(figure);
    far.observe(figure);
  }

  function start() {
    document.querySelectorAll("figure.netspace").forEach(watch);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
