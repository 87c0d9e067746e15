// Filters the table of claims. Without this script the whole table is there; the form stays hidden.
// A choice can be linked to: scorecard.html?verdict=violated, or behind a #, where the page itself keeps it.
(() => {
  "use strict";

  function wire(form) {
    const table = document.getElementById(form.dataset.for);
    const rows = [...table.tBodies[0].rows];
    const selects = [...form.querySelectorAll("select")];
    const count = form.querySelector("output");

    function apply() {
      const wanted = selects.filter((select) => select.value);
      for (const row of rows) row.hidden = wanted.some((select) => row.dataset[select.name] !== select.value);
      count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} claims`;
    }

    function remember() {
      const state = new URLSearchParams(selects.filter((one) => one.value).map((one) => [one.name, one.value]));
      const page = location.protocol === "file:" ? "" : location.pathname; // a file's page may change its # only
      history.replaceState(null, "", `${page}#${state}`);
    }

    function recall() {
      const behind = location.hash.includes("=") ? location.hash.slice(1) : location.search;
      const state = new URLSearchParams(behind);
      for (const select of selects) {
        const value = state.get(select.name) ?? "";
        select.value = [...select.options].some((option) => option.value === value) ? value : "";
      }
      apply();
    }

    form.addEventListener("change", () => { apply(); remember(); });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
    window.addEventListener("hashchange", recall);
    form.hidden = false;
    recall();
  }

  const wireAll = () => document.querySelectorAll("form.scorecard-filter").forEach(wire);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", wireAll);
  else wireAll();
})();
