// What is under the pointer, in numbers: name, index, value; the sum it comes from; the flat map. And the same by keyboard.

import { placeName } from "./decode.js";
import { choice, make, number, percent } from "./elements.js";
import { HeatMap } from "./heatmap.js";

export class ReadOut {
  constructor(model, onselect) {
    Object.assign(this, { model, onselect, heat: new HeatMap() });
    this.name = make("p", { class: "netspace-value" });
    this.sum = make("div", { class: "netspace-sum" });
    const text = make("div", { class: "netspace-read", "aria-live": "polite" }, this.name, this.sum);
    this.element = make("div", { class: "netspace-readout" }, this.heat.canvas, text);
  }

  // Two fields that name a neuron without a pointer.
  fields() {
    const layers = this.model.layers.map((layer) => [String(layer.index), layer.name]);
    this.layer = choice("Layer", layers, "0", () => this.chosen());
    this.index = make("input", { type: "number", min: 0, value: 0, step: 1, onchange: () => this.chosen() });
    const label = make("label", {}, make("span", {}, "Neuron"), this.index);
    return make("div", { class: "netspace-fields" }, this.layer.element, label);
  }

  chosen() {
    const layer = this.model.layers[Number(this.layer.select.value)];
    this.index.max = layer.count - 1;
    this.index.value = Math.min(Math.max(Math.round(Number(this.index.value) || 0), 0), layer.count - 1);
    this.onselect(layer.index, Number(this.index.value));
  }

  // target: {layer, index, tile, cell} of a neuron, or {layer, aggregate, cell} of a closed layer.
  update(target, parts, look) {
    const layer = this.model.layers[target.layer];
    this.heat.update(this.model, layer, target, look);
    if (target.aggregate) {
      const what = `${layer.name}, closed: ${look.aggregate} of |value| over its ${layer.tiles} channels = `;
      this.name.replaceChildren(what, make("b", {}, number(target.aggregate[target.cell])));
      this.sum.replaceChildren("Open the layer to see its neurons.");
    } else {
      this.showNeuron(layer, target, parts);
    }
  }

  showNeuron(layer, target, parts) {
    if (this.layer.select !== document.activeElement) this.layer.select.value = String(target.layer);
    if (this.index !== document.activeElement) this.index.value = target.index;
    const labels = layer === this.model.layers.at(-1) ? this.model.labels : null;
    const largest = target.isLargest && layer.count > 1 ? ", the largest of its layer" : "";
    const place = `${layer.name}, ${placeName(layer, target.index, labels)}${largest}: `;
    this.name.replaceChildren(place, make("b", {}, number(layer.current[target.index])));
    this.sum.replaceChildren(...(parts ? this.summary(parts) : [layer.reads.length ? "" : "This is the input itself."]));
  }

  summary(parts) {
    const rows = parts.terms.filter((term) => term.product).map((term) => {
      const layer = this.model.layers[term.layer];
      const text = `${number(term.weight)} × ${number(term.value)} = ${number(term.product)}`;
      const place = make("span", {}, ` ${layer.name}, ${placeName(layer, term.index)}`);
      return make("li", { class: term.product < 0 ? "is-negative" : "is-positive" }, text, place);
    });
    return [make("p", {}, sentence(parts)), make("ol", {}, ...rows)];
  }
}

function sentence({ preactivation, bias, count, terms, share }) {
  const constant = bias ? ` and ${number(bias)}` : "";
  const sum = `Before its activation: ${number(preactivation)}`;
  if (count === 1) return `${sum}, from one neuron${constant && ` and the constant ${number(bias)}`}:`;
  const some = terms.filter((term) => term.product).length;
  if (some < terms.length) {
    const few = some ? `; ${some} of these products ${some === 1 ? "is" : "are"} not 0:` : "; all these products are 0.";
    return `${sum}, the sum of ${count} products${constant}${few}`;
  }
  if (count <= terms.length) return `${sum}, the sum of ${count} products${constant}:`;
  const part = `The ${terms.length} largest of them are ${percent(share)} of the sum of all sizes:`;
  return `${sum}, the sum of ${count} products${constant}. ${part}`;
}
