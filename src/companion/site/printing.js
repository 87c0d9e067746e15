// Makes a joined chapter ready for paper: all that is folded or drawn late is shown, and links lead where paper can lead.
async ({ base, slug, address, titles }) => {

  const article = document.querySelector("article.bd-article");
  const parts = { [`book/${slug}.html`]: "", [`notebooks/${slug}.html`]: "notebook" };

  // a link as it is on paper: inside the document, to the published page, to another host, or a text that names the page
  function settle(link) {
    const url = new URL(link.href, location.href);
    if (!link.href.startsWith(base)) return;
    const place = url.pathname.slice(1);
    const anchor = decodeURIComponent(url.hash.slice(1));
    if (place in parts) {
      const own = link.getAttribute("href").startsWith("#");
      const wanted = own ? anchor : [parts[place], anchor].filter(Boolean).join("-");
      const target = document.getElementById(wanted) ?? document.getElementById(parts[place]);
      if (target) link.setAttribute("href", `#${target.id}`);
      else unlink(link, "");
    } else if (address) {
      link.href = `${address}/${place}${url.search}${url.hash}`;
    } else {
      unlink(link, titles[place] ?? "");
    }
  }

  function unlink(link, title) {
    const text = document.createElement("span");
    text.append(...link.childNodes);
    text.className = link.className;
    const named = document.createElement("span");
    named.innerHTML = title;
    const isWord = link.closest("p, li") && !link.querySelector(".verdict") && !link.closest(".citation, .chapter-head");
    if (title && isWord && !/bibtex|headerlink|claim/.test(link.outerHTML) && title !== "Bibliography") {
      if (!text.textContent.includes(named.textContent)) text.append(` (${named.textContent})`);
    }
    link.replaceWith(text);
  }

  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

  async function until(isDone, milliseconds) {
    const end = performance.now() + milliseconds;
    while (!isDone() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  document.title = document.querySelector("article h1").textContent.replace(/#$/, "").trim();
  document.documentElement.dataset.theme = "light";
  document.documentElement.dataset.mode = "light";
  document.querySelectorAll("article details:not(.claim-table, .figure-data)").forEach((one) => { one.open = true; });
  document.querySelectorAll(".toggle-hidden").forEach((one) => one.classList.remove("toggle-hidden"));
  document.querySelectorAll("article .headerlink, article script:not([type])").forEach((one) => one.remove());
  document.querySelectorAll("article img[loading]").forEach((one) => one.removeAttribute("loading"));

  await window.MathJax?.startup?.promise;
  for (const figure of document.querySelectorAll("figure.companion-interactive")) {
    figure.scrollIntoView();
    await frame();
    await until(() => figure.dataset.drawn !== undefined, 15000);
  }
  window.scrollTo(0, 0);
  document.querySelectorAll("article a[href]").forEach(settle);
  await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)));
  await document.fonts.ready;
}
