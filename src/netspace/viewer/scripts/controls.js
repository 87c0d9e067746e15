// What the reader sets: input, checkpoint, colours, layers, the eye.

import { button, choice, make, tick } from "./elements.js";
import { PER_PAGE } from "./layout.js";

const OWN = "own";
const SCALES = [["layer", "each layer"], ["global", "all layers"]];
const RULES = [["mean", "mean of |value|"], ["max", "largest |value|"]];

export class Controls {
  constructor(viewer) {
    this.viewer = viewer;
    const { model } = viewer;
    const inputs = model.inputs.map(({ name }, at) => [String(at), name]);
    this.input = choice("Input", inputs, String(viewer.state.input), (value) => this.chosen(value));
    if (model.draw) this.input.select.append(make("option", { value: OWN }, "your own drawing"));
    this.checkpoint = model.checkpoints.length > 1 ? this.checkpointSlider() : null;
    this.element = make("div", { class: "netspace-controls" }, this.input.element, this.checkpoint, viewer.flow.element);
    this.corner = this.cornerButtons();
    this.settings = this.settingsPanel();
  }

  chosen(value) {
    if (value === OWN) this.viewer.startDrawing();
    else this.viewer.setInput(Number(value));
  }

  checkpointSlider() {
    const { model } = this.viewer;
    const last = model.checkpoints.length - 1;
    const oninput = () => this.viewer.setCheckpoint(Number(this.slider.value));
    this.slider = make("input", { type: "range", min: 0, max: last, step: 1, oninput });
    this.state = make("output");
    return make("label", {}, make("span", {}, "Weights"), this.slider, this.state);
  }

  cornerButtons() {
    const { viewer } = this;
    const named = (text, title, work) => {
      const element = button(text, title, work);
      element.setAttribute("aria-label", title);
      return element;
    };
    this.rate = make("span", { class: "netspace-rate" });
    this.rate.hidden = true;
    return make(
      "div",
      { class: "netspace-corner" },
      this.rate,
      named("+", "Come nearer", () => viewer.zoom(1.25)),
      named("\u2212", "Go away", () => viewer.zoom(0.8)),
      named("\u21BA", "First view again", () => viewer.reset()),
    );
  }

  settingsPanel() {
    const { viewer } = this;
    const { state } = viewer;
    const scale = choice("One colour scale for", SCALES, state.scale, (mode) => viewer.scaleMode(mode));
    const rule = choice("A closed layer shows", RULES, state.aggregate, (mode) => viewer.aggregate(mode));
    const log = tick("logarithmic colours", state.log, (isOn) => viewer.logMode(isOn));
    const rate = tick("frames per second", false, (isOn) => {
      this.rate.hidden = !isOn;
      this.showRate();
    });
    const all = (work) => () => viewer.model.layers.forEach((layer) => work(layer.index));
    const opening = button("Open all", "Open all layers", all((l) => viewer.open(l)));
    const closing = button("Close all", "Close all layers", all((l) => viewer.close(l)));
    const both = make("div", {}, opening, closing);
    Object.assign(this, { scale, rule, log });
    const parts = [scale.element, log.element, rule.element, both, ...this.pagers(), rate.element];
    const fields = make("div", { class: "netspace-fields" }, ...parts);
    return make("details", {}, make("summary", {}, "Colours, layers, and a neuron by its number"), fields, viewer.readOut.fields());
  }

  pagers() {
    const { viewer } = this;
    return viewer.model.layers.filter((layer) => viewer.stage.places[layer.index].pages > 1).map((layer) => {
      const count = viewer.stage.places[layer.index].pages;
      const pages = Array.from({ length: count }, (_, page) => {
        const first = page * PER_PAGE;
        return [String(page), `${first} to ${Math.min(first + PER_PAGE, layer.tiles) - 1}`];
      });
      return choice(`Shown of ${layer.name}`, pages, "0", (page) => viewer.turnTo(layer.index, Number(page))).element;
    });
  }

  update() {
    const { state, model } = this.viewer;
    this.input.select.value = state.input === null ? OWN : String(state.input);
    this.scale.select.value = state.scale;
    this.rule.select.value = state.aggregate;
    this.log.box.checked = state.log;
    if (this.checkpoint) {
      const { name } = model.checkpoints[state.checkpoint];
      this.slider.value = state.checkpoint;
      this.state.textContent = name;
      this.slider.setAttribute("aria-valuetext", name);
    }
  }

  showRate() {
    if (this.rate.hidden) return;
    const rate = this.viewer.motion.framesPerSecond;
    this.rate.textContent = rate === null ? "at rest" : `${rate.toFixed(0)} frames/s`;
  }
}
