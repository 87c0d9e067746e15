// Filters the table of claims. Without this script the whole table is there; the form stays hidden.
(() => {
  "use strict";

  function wire(form) {
    const table = document.getElementById(form.dataset.for);
    const rows = [...table.tBodies[0].rows];
    const selects = [...form.querySelectorAll("select")];
    const count = form.querySelector("output");

    const apply = () => {
      const wanted = selects.filter((select) => select.value);
      for (const row of rows) row.hidden = wanted.some((select) => row.dataset[select.name] !== select.value);
      count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} claims`;
    };

    form.addEventListener("change", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(apply));
    form.hidden = false;
    apply();
  }

  const wireAll = () => document.querySelectorAll("form.scorecard-filter").forEach(wire);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", wireAll);
  else wireAll();
})();
