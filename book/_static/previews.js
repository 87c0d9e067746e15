/* A card beside a link: the reference that a citation names, the theorem or figure that a link points to, the claim of a badge.

   What stands on other pages was put into this page when it was built (<template class="preview" data-for="address">);
   what stands on this page is copied from it. The card comes with the pointer, with the focus and with a first tap. */
(() => {
  "use strict";

  const WAIT = 180; // ms that a pointer rests before a card comes, and that a card stays when the pointer has gone
  const BLOCKS = ".proof.admonition, .exercise.admonition, figure, div.math, .table-wrapper, table";
  const templates = new Map();
  let card = null;
  let owner = null;
  let timer = 0;
  let touched = false;

  function blockOf(address) {
    const target = address.length > 1 && address.startsWith("#") && document.getElementById(decodeURIComponent(address.slice(1)));
    return target ? target.closest(BLOCKS) : null;
  }

  function hasPreview(link) {
    const address = link.getAttribute("href");
    if (templates.has(address)) return true;
    const block = blockOf(address);
    return Boolean(block) && !block.contains(link);
  }

  function linkAt(node) {
    const link = node instanceof Element ? node.closest("article a.reference, article a.claim-link") : null;
    return link && !link.closest(".preview-card") && hasPreview(link) ? link : null;
  }

  function copied(block) {
    const copy = block.cloneNode(true);
    copy.querySelectorAll(".headerlink, script, button").forEach((one) => one.remove());
    [copy, ...copy.querySelectorAll("[id], [tabindex]")].forEach((one) => {
      one.removeAttribute("id");
      one.removeAttribute("tabindex");
    });
    return copy;
  }

  function contentOf(link) {
    const address = link.getAttribute("href");
    const template = templates.get(address);
    return template ? template.content.cloneNode(true) : copied(blockOf(address));
  }

  function show(link) {
    clearTimeout(timer);
    if (owner === link) return;
    hide();
    owner = link;
    card = document.createElement("div");
    card.className = "preview-card";
    card.id = "preview-card";
    card.append(contentOf(link), goThere(link));
    link.after(card);
    link.setAttribute("aria-describedby", card.id);
    place();
    if (window.setFormulas && card.querySelector(".math:not(:has(mjx-container)), .mathjax_process:not(:has(mjx-container))")) {
      window.setFormulas(card).then(place);
    }
  }

  function goThere(link) {
    const go = document.createElement("a");
    go.className = "preview-go";
    go.href = link.getAttribute("href");
    go.textContent = "Go there";
    return go;
  }

  function hide() {
    clearTimeout(timer);
    if (!card) return;
    if (card.contains(document.activeElement)) owner.focus({ preventScroll: true });
    owner.removeAttribute("aria-describedby");
    card.remove();
    card = owner = null;
  }

  function place() {
    if (!card) return;
    const line = owner.getClientRects()[0] ?? owner.getBoundingClientRect();
    const { innerHeight: tall } = window;
    const wide = document.documentElement.clientWidth;
    card.style.maxHeight = `${Math.max(tall * 0.6, 120)}px`;
    const { width, height } = card.getBoundingClientRect();
    const below = tall - line.bottom;
    const top = below >= height + 12 || below >= line.top ? line.bottom + 4 : line.top - height - 4;
    card.style.maxHeight = `${Math.max(Math.min(tall * 0.6, Math.max(below, line.top) - 12), 120)}px`;
    card.style.left = `${Math.max(8, Math.min(line.left, wide - width - 8))}px`;
    card.style.top = `${Math.max(8, Math.min(top, tall - Math.min(height, tall * 0.6) - 8))}px`;
    if (card.scrollHeight > card.clientHeight + 1) card.tabIndex = 0;
  }

  function later(action) {
    clearTimeout(timer);
    timer = setTimeout(action, WAIT);
  }

  const within = (node) => node instanceof Node && Boolean(card?.contains(node) || owner?.contains(node));

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const link = linkAt(event.target);
    if (link && link !== owner) later(() => show(link));
    else if (within(event.target)) clearTimeout(timer);
  });
  document.addEventListener("pointerout", (event) => {
    if (event.pointerType === "touch" || within(event.relatedTarget)) return;
    if (owner && owner !== document.activeElement && !card.contains(document.activeElement)) later(hide);
    else if (!owner) clearTimeout(timer);
  });
  document.addEventListener("focusin", (event) => {
    const link = linkAt(event.target);
    if (link && link.matches(":focus-visible")) show(link);
    else if (card && !within(event.target)) hide();
  });
  document.addEventListener("pointerdown", (event) => {
    touched = event.pointerType === "touch";
    if (card && !within(event.target)) hide();
  });
  document.addEventListener("click", (event) => {
    const link = linkAt(event.target);
    if (touched && link && link !== owner) {
      event.preventDefault();
      show(link);
    } else if (link || event.target.closest?.(".preview-card a")) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && card) {
      event.stopPropagation();
      hide();
    }
  }, true);
  window.addEventListener("scroll", place, { passive: true });
  window.addEventListener("resize", place);

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("template.preview").forEach((one) => templates.set(one.dataset.for, one));
    document.querySelectorAll("article a.reference[title]").forEach((link) => hasPreview(link) && link.removeAttribute("title"));
  });
})();
