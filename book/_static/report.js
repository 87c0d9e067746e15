// Copies the report at the foot of a chapter. Where the browser forbids that, the text is selected, to be copied by hand.
(() => {
  "use strict";

  function wire(button) {
    const text = document.getElementById(button.dataset.for);
    const said = button.parentElement.querySelector("output");
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.value);
        said.textContent = "Copied.";
      } catch {
        text.focus();
        text.select();
        said.textContent = "Selected; copy it with Ctrl+C.";
      }
    });
  }

  const wireAll = () => document.querySelectorAll("button.report-copy").forEach(wire);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", wireAll);
  else wireAll();
})();
