"""What is asked of the figures of a page: the drawings, those that move, those in space."""

DRAWINGS = """() => [...document.querySelectorAll("article figure")].filter(f => f.querySelector(".companion-drawing"))
  .map(f => {
    const images = [...f.querySelectorAll("img")];
    const seen = images.filter(i => i.checkVisibility());
    const box = f.querySelector(".companion-drawing");
    return {
      id: f.id, images: images.length, seen: seen.map(i => i.getAttribute("src")), alt: seen[0]?.alt ?? "",
      link: f.querySelector("a.figure-data")?.getAttribute("href") ?? null,
      placeholder: seen[0]?.getAttribute("width") === "640" && seen[0]?.getAttribute("height") === "120",
      sized: images.every(i => i.width > 0 && i.hasAttribute("height")),
    };
  })"""

MOVING = """() => [...document.querySelectorAll("article figure.companion-interactive")].map(f => ({
  id: f.id, alt: f.querySelector(".companion-plot").getAttribute("aria-label"),
  link: f.querySelector("a.figure-data")?.getAttribute("href") ?? null,
}))"""

SPACES = """() => [...document.querySelectorAll("article figure.companion-space")].map(f => ({
  id: f.id, link: f.querySelector("a.figure-data")?.getAttribute("href") ?? null,
}))"""

UNDRESSED = """() => [...document.querySelectorAll('article img[src*="_images/"]')]
  .filter(i => i.src.endsWith(".svg") && !i.closest(".companion-drawing")).map(i => i.src)"""

ASKED = {"drawings": DRAWINGS, "moving": MOVING, "spaces": SPACES, "undressed": UNDRESSED}


def everywhere(visits, what: str) -> list[tuple[str, dict]]:
    """All figures of one kind, each with its page."""
    return [(page, one) for page, facts in visits.items() if has_figures(page) for one in facts[what]]


def has_figures(page: str) -> bool:
    return not page.endswith(("index.html", "bibliography.html", "notation.html"))
