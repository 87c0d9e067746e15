// The last layer in words: each class with its number as a bar.

import { make, percent, number } from "./elements.js";

const MOST = 12;

export class Answers {
  constructor(model) {
    this.layer = model.layers.at(-1);
    this.isProbability = this.layer.scale === "probability";
    const names = model.labels ?? Array.from({ length: this.layer.count }, (_, at) => String(at));
    this.names = names;
    this.list = make("ol", { class: "netspace-bars" });
    const head = make("p", {}, this.isProbability ? "Probabilities" : "Last layer");
    this.element = make("div", { class: "netspace-answers" }, head, this.list);
    this.element.hidden = !model.labels;
  }

  update() {
    const values = this.layer.current;
    const order = Array.from(values.keys());
    if (values.length > MOST) order.sort((a, b) => values[b] - values[a]).splice(MOST);
    const low = Math.min(0, ...values);
    const range = this.isProbability ? 1 : Math.max(0, ...values) - low || 1;
    const best = values.reduce((top, value, at) => (value > values[top] ? at : top), 0);
    const rows = order.map((at) => {
      const sign = values[at] < 0 ? "is-negative" : "is-positive";
      const bar = make("span", { class: `netspace-bar ${this.isProbability ? "" : sign}` });
      bar.style.width = `${(100 * Math.abs(values[at])) / range}%`;
      bar.style.marginLeft = `${(100 * (Math.min(values[at], 0) - low)) / range}%`;
      const shown = this.isProbability ? percent(values[at]) : number(values[at]);
      const track = make("span", { class: "netspace-track" }, bar);
      const row = make("li", {}, make("span", {}, this.names[at]), track, make("span", {}, shown));
      if (at === best) row.className = "is-best";
      return row;
    });
    this.list.replaceChildren(...rows);
  }
}
