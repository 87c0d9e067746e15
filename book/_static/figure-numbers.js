// Brings the numbers of a figure that moves: a script of their own, so that the page is light and they come from the disk too.
(() => {
  "use strict";

  const root = document.documentElement.dataset.content_root || "./";
  const waiting = new Map(); // name of the numbers -> what to do with them
  const asked = new Map(); // name of the numbers -> promise of them: a printed chapter shows a figure twice

  function load(source, name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = root + source;
      script.onerror = () => reject(new Error(`${source} could not be loaded`));
      script.onload = () => reject(new Error(`${source} holds no numbers of ${name}`)); // too late where it has handed them over
      waiting.set(name, resolve);
      document.head.append(script);
    });
  }

  window.companionNumbers = {
    // Fills the figure's script of type application/json, where it is empty.
    async fill(figure) {
      const holder = figure.querySelector('script[type="application/json"]');
      if (!holder.dataset.src || holder.textContent) return;
      const name = holder.dataset.src.replace(/^.*\/|\.js$/g, ""); // not the figure's id, which printing changes
      if (!asked.has(name)) asked.set(name, load(holder.dataset.src, name));
      try {
        holder.textContent = await asked.get(name);
      } catch (error) {
        asked.delete(name); // who comes near again asks again
        throw error;
      }
    },
    take: (name, text) => waiting.get(name)(text),
  };
})();
