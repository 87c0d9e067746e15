// Which colour is which number: a strip for the layer that is looked at, with zero apart.

import { css, colourOf, largestOf, shareAt } from "./colours.js";
import { make, number } from "./elements.js";

const PIECES = 48;

export class Legend {
  constructor() {
    this.title = make("span", { class: "netspace-legend-title" });
    this.strip = make("span", { class: "netspace-strip", "aria-hidden": "true" });
    this.ticks = make("span", { class: "netspace-ticks" });
    const scale = make("span", { class: "netspace-legend-scale" }, this.strip, this.ticks);
    this.zero = make("span", { class: "netspace-swatch", "aria-hidden": "true" });
    const zero = make("span", { class: "netspace-zero" }, this.zero, "exactly 0");
    this.element = make("div", { class: "netspace-legend" }, this.title, scale, zero);
  }

  update(model, layer, look) {
    const largest = largestOf(layer, model, look.scale);
    const isSigned = layer.scale === "signed";
    const colour = (value) => css(colourOf(value, largest, look.log, look.isDark));
    const at = (t) => Math.sign(t) * shareAt(Math.abs(t), look.log) * largest;
    const low = isSigned ? -1 : 0;
    const stops = Array.from({ length: PIECES + 1 }, (_, piece) => colour(at(low + ((1 - low) * piece) / PIECES) || 1e-30));
    this.strip.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
    this.zero.style.background = colour(0);
    const places = isSigned ? [-1, -0.5, 0, 0.5, 1] : [0, 0.5, 1];
    this.ticks.replaceChildren(...places.map((t) => make("span", {}, number(at(t)))));
    const whose = look.scale === "global" ? "all layers" : layer.name;
    this.title.textContent = `Colours of ${whose}${look.log ? ", logarithmic" : ""}`;
  }
}
