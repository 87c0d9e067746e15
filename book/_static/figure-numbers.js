// Brings the numbers of a figure that moves: a script of their own, so that the page is light and they come from the disk too.
(() => {
  "use strict";

  const root = document.documentElement.dataset.content_root || "./";
  const waiting = new Map(); // figure's name -> what to do with its numbers
  const asked = new Map(); // figure's name -> promise

  function load(holder, name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = root + holder.dataset.src;
      script.onerror = () => reject(new Error(`${holder.dataset.src} could not be loaded`));
      waiting.set(name, (text) => {
        holder.textContent = text;
        resolve();
      });
      document.head.append(script);
    });
  }

  window.companionNumbers = {
    // Fills the figure's script of type application/json, where it is empty.
    fill(figure) {
      const holder = figure.querySelector('script[type="application/json"]');
      if (!holder.dataset.src || holder.textContent) return Promise.resolve();
      if (!asked.has(figure.id)) asked.set(figure.id, load(holder, figure.id));
      return asked.get(figure.id);
    },
    take: (name, text) => waiting.get(name)?.(text),
  };
})();
