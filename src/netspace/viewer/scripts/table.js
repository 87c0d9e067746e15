// The scene in words and numbers, for those who do not see it or want to copy it.

import { shapeName } from "./decode.js";
import { make, number, percent } from "./elements.js";

const HEADS = ["Layer", "Operation", "Shape", "Neurons", "Smallest", "Largest", "Zeros"];

export class LayerTable {
  constructor(model) {
    this.model = model;
    this.body = make("tbody");
    const head = make("thead", {}, make("tr", {}, ...HEADS.map((text) => make("th", { scope: "col" }, text))));
    const scroll = make("div", { class: "netspace-scroll", tabIndex: 0, role: "region", "aria-label": "The layers as a table" });
    scroll.append(make("table", {}, head, this.body));
    this.element = make("details", {}, make("summary", {}, "The layers as a table"), scroll);
    this.element.addEventListener("toggle", () => this.update());
  }

  update() {
    if (this.element.open) this.body.replaceChildren(...this.model.layers.map(row));
  }
}

function row(layer) {
  let [low, high, zeros] = [Infinity, -Infinity, 0];
  for (const value of layer.current) {
    if (value < low) low = value;
    if (value > high) high = value;
    if (value === 0) zeros += 1;
  }
  const cells = [layer.operation, shapeName(layer), String(layer.count), number(low), number(high), percent(zeros / layer.count)];
  return make("tr", {}, make("th", { scope: "row" }, layer.name), ...cells.map((text) => make("td", {}, text)));
}
