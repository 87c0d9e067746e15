/* The results of the search: formulas in excerpts as a line of text, and no excerpts where a page cannot be fetched. */
(() => {
  "use strict";

  const LETTERS = { alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", varepsilon: "ε", zeta: "ζ", eta: "η", theta: "θ",
    kappa: "κ", lambda: "λ", mu: "μ", pi: "π", rho: "ρ", sigma: "σ", tau: "τ", phi: "φ", Phi: "Φ", psi: "ψ", Sigma: "Σ", ell: "ℓ",
    le: "≤", ge: "≥", ne: "≠", to: "→", infty: "∞", cdot: "·", times: "×", sum: "∑", in: "∈", top: "⊤", mathbb: "", mathrm: "",
    operatorname: "", tfrac: "", frac: "", text: "", big: "", Big: "", left: "", right: "", quad: " " };

  function readable(text) {
    return text.replace(/\\[()[\],;!]/g, "").replace(/\\([A-Za-z]+)\s?/g, (_, name) => LETTERS[name] ?? name).replace(/[{}]/g, "");
  }

  function tidy(node) {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      if (text.data.includes("\\")) text.data = readable(text.data);
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const results = document.getElementById("search-results");
    if (!results) return;
    if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((one) => {
      if (one instanceof Element) (one.matches("p.context") ? [one] : [...one.querySelectorAll("p.context")]).forEach(tidy);
    }))).observe(results, { childList: true, subtree: true });
  });
})();
