// Chooses among the cards of the front page. Without this script all cards are there; the form stays hidden.
// What is chosen stands behind the # of the address, so that a choice can be linked to; that also works from a file.
(() => {
  "use strict";

  const CHOICES = ["topic", "verdict", "difficulty"];
  const valuesOf = (card, name) => card.dataset[name].split("|");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase(); // é is found by e

  function wire(form) {
    const galleries = [...document.querySelectorAll("ul.gallery")];
    const cards = galleries.flatMap((gallery) => [...gallery.children]);
    const chips = [...form.querySelectorAll("button.chip")];
    const field = form.elements.q;
    const found = form.querySelector("output");
    const reset = form.querySelector('button[type="reset"]');

    const pressed = (name) =>
      chips.filter((chip) => chip.name === name && chip.getAttribute("aria-pressed") === "true").map((chip) => chip.value);

    function fits(card) {
      const words = plain(field.value).split(/\s+/).filter(Boolean);
      if (!words.every((word) => plain(card.dataset.text).includes(word))) return false;
      return CHOICES.every((name) => {
        const wanted = pressed(name);
        return !wanted.length || valuesOf(card, name).some((value) => wanted.includes(value));
      });
    }

    function show() {
      for (const card of cards) card.hidden = !fits(card);
      for (const gallery of galleries) {
        gallery.closest("section").hidden = [...gallery.children].every((card) => card.hidden);
      }
      const count = cards.filter((card) => !card.hidden).length;
      found.textContent = count ? `${count} of ${cards.length} chapters` : "No chapter fits";
      reset.hidden = count === cards.length && !field.value && !CHOICES.some((name) => pressed(name).length);
    }

    function remember() {
      const state = new URLSearchParams();
      if (field.value.trim()) state.set("q", field.value.trim());
      for (const name of CHOICES) for (const value of pressed(name)) state.append(name, value);
      history.replaceState(null, "", state.size ? `#${state}` : "#");
    }

    function recall() {
      if (location.hash.length > 1 && !location.hash.includes("=")) return; // a heading's address
      const state = new URLSearchParams(location.hash.slice(1));
      field.value = state.get("q") ?? "";
      for (const chip of chips) chip.setAttribute("aria-pressed", String(state.getAll(chip.name).includes(chip.value)));
      show();
    }

    const changed = () => { show(); remember(); };
    form.addEventListener("click", (event) => {
      const chip = event.target.closest("button.chip");
      if (!chip) return;
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      changed();
    });
    field.addEventListener("input", changed);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => {
      for (const chip of chips) chip.setAttribute("aria-pressed", "false");
      setTimeout(() => { changed(); field.focus(); }); // the button goes, and the focus must not go with it
    });
    window.addEventListener("hashchange", recall);
    form.hidden = false;
    show();
    recall();
  }

  const wireAll = () => document.querySelectorAll("form.gallery-filter").forEach(wire);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", wireAll);
  else wireAll();
})();
